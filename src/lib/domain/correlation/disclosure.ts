// Decides which evidence one Supplier may see by its tenure, and which notes stand beside an explanation.
import type { CauseEntry } from '../cause-table/cause-table.ts';
import { isEvidenceFor } from '../fed-by.ts';
import { effectiveAt, type ServiceRequest } from '../service-request.ts';
import { isResponsible, tenureAt } from '../tenure.ts';
import type { Evidence } from './evidence.ts';
import type { Note } from './explanation-facts.ts';
import { lookBackMs } from './window.ts';

/**
 * Returns whether the viewer may see a request. A viewer never sees a request that another Supplier's key fed. A viewer always sees its own requests (SEC H8.16(b)). A viewer sees a
 * request of another User if the viewer was responsible for the Alert's Device when the request was sent. If the
 * request went to another meter, the viewer must have been responsible for the other meter too. A request of another
 * User to an unknown Device stays hidden.
 */
export function isVisible(
	request: ServiceRequest,
	{ alert, home, viewer }: Pick<Evidence, 'alert' | 'home' | 'viewer'>
): boolean {
	if (!request.fedBy.every((feeder) => isEvidenceFor(feeder, viewer.supplierId))) return false;
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
 * Returns the facts about the sender of a request that a viewer may know. `roleOnly`: the viewer learns the role, and
 * nothing that identifies the User. The RequestID then keeps its target and counter, so that two requests remain
 * distinguishable.
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

/** The text in the place of a User ID that is not disclosed. */
const UNDISCLOSED = 'undisclosed';

/**
 * Returns the notes beside an explanation. No note depends on hidden requests, because a note would reveal that they
 * exist.
 */
export function notesOf({ alert, home, viewer }: Evidence, entry: CauseEntry | undefined): Note[] {
	const notes: Note[] = [];
	const tenure = tenureAt(home.get(alert.deviceId)?.tenures ?? [], alert.effectiveAt);
	// The note is added whenever the window crosses the start of tenure. A note that depended on hidden requests would
	// reveal that they exist.
	if (tenure?.supplierId === viewer.supplierId && alert.effectiveAt - lookBackMs(entry) < tenure.from)
		notes.push({ code: 'before-supply' });
	if (alert.clockStatus !== 'reliable') notes.push({ code: 'unreliable-clock' });
	if (alert.throttledCount !== null && alert.throttledCount > 1) notes.push({ code: 'throttled' });
	return notes;
}
