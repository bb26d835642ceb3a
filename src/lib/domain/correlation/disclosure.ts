// What of the evidence one Supplier may see, and the fixed sentences that go with it. Tenure is applied here.
import type { CauseEntry } from '../cause-table/cause-table.ts';
import type { Evidence } from './evidence.ts';
import { effectiveAt, type ServiceRequest } from '../service-request.ts';
import { isResponsible, tenureAt } from '../tenure.ts';
import { lookBack } from './window.ts';

/**
 * Tenure: a request of another User is seen while the viewer was responsible for the Alert's Device; one sent to a
 * meter only by the Supplier responsible for that meter. A User's own requests it knows anyway (SEC H8.16(b)).
 */
export function isVisible(
	request: ServiceRequest,
	{ alert, home, viewer }: Pick<Evidence, 'alert' | 'home' | 'viewer'>
): boolean {
	if (viewer.userIds.has(request.userId)) return true;
	const at = effectiveAt(request);
	const device = home.get(alert.deviceId);
	if (!device || !isResponsible(device.tenures, viewer.supplierId, at)) return false;
	if (request.deviceId === alert.deviceId) return true;
	const target = home.get(request.deviceId);
	if (!target || target.deviceType === 'ESME' || target.deviceType === 'GSME')
		return target !== undefined && isResponsible(target.tenures, viewer.supplierId, at);
	return true;
}

/**
 * Who sent a request, as a viewer may know it. `roleOnly`: the role and nothing that leads to the User; the RequestID
 * keeps target and counter, so that two requests stay two.
 */
export function discloseSender(
	{
		requestId,
		userId,
		userRole,
		userName
	}: Pick<ServiceRequest, 'requestId' | 'userId' | 'userRole' | 'userName'>,
	roleOnly: boolean
) {
	if (!roleOnly) return { requestId, userId, userRole, userName };
	return {
		requestId: `${UNDISCLOSED}${requestId.slice(userId.length)}`,
		userId: UNDISCLOSED,
		userRole,
		userName: null
	};
}

/** Stands where the User ID is not disclosed. */
export const UNDISCLOSED = 'undisclosed';

/** Sentences beside an explanation. None of them depends on what is hidden. */
export function notesOf({ alert, home, viewer }: Evidence, entry: CauseEntry | undefined): string[] {
	const notes: string[] = [];
	const tenure = tenureAt(home.get(alert.deviceId)?.tenures ?? [], alert.effectiveAt);
	// Said whenever the window crosses the start, whether or not anything is hidden: else the note itself would tell.
	if (tenure?.supplierId === viewer.supplierId && alert.effectiveAt - lookBack(entry) < tenure.from)
		notes.push('Activity before the start of your supply is not visible.');
	if (alert.clockStatus !== 'reliable')
		notes.push('The clock of the Device is not reliable: matched on the time of receipt.');
	if (alert.throttledCount !== null && alert.throttledCount > 1)
		notes.push(`Stands for at least ${alert.throttledCount} Alerts: the DCC may have throttled.`);
	return notes;
}
