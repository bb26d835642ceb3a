// Defines the truth about an Alert: its real cause. The simulated world never sends the truth to Causeway.

import type { TruthKind } from '#lib/domain/accuracy-report.ts';

export interface Truth {
	messageId: string;
	code: string;
	/** The Supplier that sees the Alert. */
	viewer: string;
	kind: TruthKind;
	/**
	 * The RequestIDs that count as the cause, usually one. One User may send several Service Requests as one operation,
	 * such as remove, add and join to swap a display. Then all requests of the operation sent before the Alert was raised
	 * count. Requests of another operation, another User or another attempt never count.
	 */
	requests: string[];
	/** None of the requests ever reaches the audit data, so nobody can find the cause. */
	missing: boolean;
	/** The requests were sent outside the viewer's tenure, so the law hides them. */
	hidden: boolean;
	/** The Alert was raised when the Device did not belong to the viewer. The right explanation is `out-of-scope`. */
	outOfScope: boolean;
	/** The Alert names its command. */
	named: boolean;
	/** The mechanism and the world that the Alert comes from. */
	mechanism: string;
	world: string;
}

/** Tells whether a perfect reader of the audit data could find the cause. */
export const isFindable = (truth: Truth): boolean =>
	truth.kind !== 'spontaneous' && !truth.missing && !truth.hidden && !truth.outOfScope;
