// Defines the result of matching one Service Request with one Alert: how well the request fits and why, or why the
// request does not fit.
import type { Anchor, Relation } from '../alert.ts';
import type { Basis, Exclusion, FurtherReason } from './explanation-facts.ts';

/**
 * The result of one match. `score`: a number from 0 to 1. `confident`: cause and time are good enough for the tier
 * `strong`. `exclusion`: why the request does not fit; `null`: it went to another Device, so it is not shown.
 */
export type Fit =
	| {
			fits: true;
			confident: boolean;
			score: number;
			anchor: Anchor;
			deltaSeconds: number;
			relation: Relation;
			basis: Basis;
			further: FurtherReason[];
	  }
	| { fits: false; exclusion: Exclusion | null };
