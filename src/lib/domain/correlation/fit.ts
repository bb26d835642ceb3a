// Defines the result of matching one Service Request with one Alert: how well the request fits and why, or why the
// request does not fit.
import type { Anchor, Reason, Relation } from '../alert.ts';

/**
 * The result of one match. `score`: a number from 0 to 1. `confident`: cause and time are good enough for the tier
 * `strong`. `reason`: a reason code of the API.
 */
export type Fit =
	| {
			fits: true;
			confident: boolean;
			score: number;
			anchor: Anchor;
			deltaSeconds: number;
			relation: Relation;
			reasons: Reason[];
	  }
	| { fits: false; reason: string; text: string };
