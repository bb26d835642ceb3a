// Builds the body that Suppliers read, from an Alert and its explanation.
import { describeAlert } from '#lib/domain/alert-code.ts';
import type { Explanation } from '#lib/domain/correlation/correlate.ts';
import { fedBy } from '#lib/domain/fed-by.ts';
import type { SeenAlert } from '#lib/server/evidence/alert-context.ts';
import { isoOf } from '#lib/server/feed/explanation-rows.ts';
import type { AlertBody } from '#lib/server/feed/feed.ts';

/** An Alert whose command failed in part, or was not reported in full, has this priority or a more urgent priority. */
const INCOMPLETE_COMMAND_PRIORITY = 2;

/**
 * Builds the body of an Alert. An out-of-scope Alert shows nothing of the Device's home, because another Supplier is
 * responsible for the Device.
 */
export function alertBody(alert: SeenAlert, explanation: Explanation): AlertBody {
	const { code, name, category, priority } = describeAlert(alert);
	const outcome = explanation.commandOutcome?.state;
	const isIncomplete = outcome === 'partly-failed' || outcome === 'incomplete';
	const inScope = explanation.kind !== 'out-of-scope';
	return {
		id: alert.id.toString(),
		messageId: alert.messageId,
		deviceId: alert.deviceId,
		deviceType: inScope ? alert.deviceType : null,
		hubId: inScope ? alert.hubId : null,
		area: inScope ? alert.area : null,
		kind: alert.kind,
		code,
		name,
		category,
		priority: isIncomplete ? Math.min(priority, INCOMPLETE_COMMAND_PRIORITY) : priority,
		raisedAt: isoOf(alert.raisedAt),
		receivedAt: isoOf(alert.receivedAt)!,
		effectiveAt: isoOf(alert.effectiveAt)!,
		clockStatus: alert.clockStatus,
		occurrences: alert.throttledCount ?? 1,
		throttled: alert.throttledCount !== null,
		reference: alert.reference,
		fedBy: fedBy([alert.isWalled ? alert.fedBy : null]),
		explanation: explanation.kind,
		...(explanation.settlesAt !== null && { settlesAt: isoOf(explanation.settlesAt)! }),
		summary: explanation.summary,
		guidance: explanation.guidance,
		notes: explanation.notes,
		commandOutcome: explanation.commandOutcome,
		forward: explanation.forward,
		candidates: explanation.candidates,
		excluded: explanation.excluded
	};
}
