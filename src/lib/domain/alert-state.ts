// Gives the state of an Alert in the terms of ANSI/ISA-18.2-2016, for the figures and the handover of a control room. Our
// two verdicts stay what people decide; the state follows from them.
import { z } from 'zod';
import type { Alert } from './alert.ts';

/**
 * The states of the alarm state diagram of ANSI/ISA-18.2-2016, by our names. `source`: the state of the standard. The
 * messages of the drawer say how an Alert comes into each.
 */
export const ALERT_STATES = {
	unacknowledged: { source: 'unacknowledged alarm' },
	acknowledged: { source: 'acknowledged alarm' },
	returned: { source: 'normal' },
	shelved: { source: 'shelved' },
	'suppressed-by-design': { source: 'suppressed by design' },
	'out-of-service': { source: 'out of service' }
} as const satisfies Record<string, { source: string }>;

export const AlertState = z.enum(Object.keys(ALERT_STATES) as [AlertState, ...AlertState[]]);
export type AlertState = keyof typeof ALERT_STATES;

/** The priority of the journal, which nobody has to look at. */
export const JOURNAL = 4;

/**
 * Returns the state of an Alert. `inMaintenance`: whether a maintenance window that is open now expects it. What a
 * person did comes first. A maintenance window holds no Alert of priority 1 back, so that such an Alert keeps its state.
 */
export function stateOf(
	alert: Pick<Alert, 'decision' | 'notice' | 'shelved' | 'priority'>,
	inMaintenance = false
): AlertState {
	const { decision, notice, shelved, priority } = alert;
	if (shelved) return 'shelved';
	if (decision && notice === null) {
		if (decision.standing !== undefined) return 'suppressed-by-design';
		return decision.verdict === 'actionable' ? 'acknowledged' : 'returned';
	}
	if (decision || notice !== null) return 'unacknowledged';
	if (inMaintenance && priority > 1) return 'out-of-service';
	return priority === JOURNAL ? 'suppressed-by-design' : 'unacknowledged';
}
