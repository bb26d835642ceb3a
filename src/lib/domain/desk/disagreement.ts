// Defines the disagreement of a person with the explanation of an Alert. It asks nothing more, and is counted.
import { z } from 'zod';
import { ExplanationKind } from '../explanation-kind.ts';
import { RowVersion } from '../record-id.ts';

/** The days over which disagreements are counted. */
export const DISAGREEMENT_DAYS = 90;

/** `version`: the version of the Alert whose explanation the person saw. */
export const DisagreementIn = z.object({ version: RowVersion });

/** The disagreements with the explanations of one Alert. */
export const Disagreement = z
	.object({
		/** The number of people who disagree with the explanation of the current version, or of an earlier version. */
		people: z.number().int(),
		/** Whether the person who calls is one of them. */
		mine: z.boolean()
	})
	.meta({ id: 'Disagreement' });
export type Disagreement = z.infer<typeof Disagreement>;

/** The disagreements of the last 90 days, most first. */
export const DisagreementFigures = z.object({
	since: z.string(),
	items: z.array(
		z.object({
			code: z.string(),
			explanation: ExplanationKind,
			/** The number of Alerts with whose explanation at least one person disagrees. */
			alerts: z.number().int()
		})
	)
});
export type DisagreementFigures = z.infer<typeof DisagreementFigures>;
