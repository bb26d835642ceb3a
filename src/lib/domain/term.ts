// Defines the help for a term of the trade: an Alert code, an SRV, a role, a response code or a type of Device.
import { z } from 'zod';

export const TermKind = z.enum(['alert-code', 'srv', 'role', 'response-code', 'device-type']);
export type TermKind = z.infer<typeof TermKind>;

export const TermHelp = z
	.object({
		kind: TermKind,
		term: z.string(),
		/** What the term stands for, such as "Command failed to authenticate". */
		title: z.string(),
		/** Whether the tables of Causeway list the term. */
		known: z.boolean(),
		/** Full sentences that explain the term. */
		sentences: z.array(z.string())
	})
	.meta({ id: 'TermHelp' });
export type TermHelp = z.infer<typeof TermHelp>;
