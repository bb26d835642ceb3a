// What really caused an Alert. The world knows it, the product is never told.

import type { TruthKind } from '#lib/domain/accuracy-report.ts';

export interface Truth {
	messageId: string;
	code: string;
	/** The Supplier in whose list the Alert stands. */
	viewer: string;
	kind: TruthKind;
	/**
	 * The RequestIDs that count as the cause: one; or, where one User sent several Service Requests as one operation
	 * (swap a display: remove, add, join), those of them that had been sent when the Alert was raised. Requests of
	 * another operation, another User or another attempt never count.
	 */
	requests: string[];
	/** None of them ever reaches the audit data: there is nothing to find. */
	missing: boolean;
	/** They were sent outside the viewer's tenure: the law hides them. */
	hidden: boolean;
	/** Raised when the Device was not the viewer's: to be called `out-of-scope`. */
	outOfScope: boolean;
	/** The Alert names its command. */
	named: boolean;
	/** Which mechanism of which world it was. */
	mechanism: string;
	world: string;
}

/** Whether a perfect reader of the audit data could find the cause. */
export const isFindable = (truth: Truth): boolean =>
	truth.kind !== 'spontaneous' && !truth.missing && !truth.hidden && !truth.outOfScope;
