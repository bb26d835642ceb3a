// Defines the counts of the views of the desk.
import { z } from 'zod';

export const DeskCounts = z.object({
	/** The number of shelved Alerts. */
	shelved: z.number().int(),
	/** The number of Alerts that are assigned to the person who calls and wait for a decision. */
	mine: z.number().int(),
	/** The number of Alerts that standing decisions decided in the last 24 hours. */
	standing: z.number().int()
});
export type DeskCounts = z.infer<typeof DeskCounts>;
