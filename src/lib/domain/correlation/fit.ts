// Whether one Service Request fits one Alert: how well, by which reasons, or why not.
import type { Anchor, Reason, Relation } from '../alert.ts';

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
