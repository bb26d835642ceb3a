// The command that an Alert itself names.
import { z } from 'zod';

/** In GBCS outcome Alerts by counter; in DCC Alerts by RequestID. */
export const CommandReference = z.object({
	originatorId: z.string().nullable(),
	counter: z.string().nullable(),
	messageCode: z.string().nullable(),
	requestId: z.string().nullable(),
	/** InstructionNumber of TotalCommandInstructions, where one command answers with several Alerts. */
	instruction: z.number().int().nullable(),
	instructions: z.number().int().nullable()
});
export type CommandReference = z.infer<typeof CommandReference>;

/** The counter of the command it names, wherever that stands. */
export const counterOf = (reference: CommandReference | null): string | null =>
	reference?.requestId?.split(':')[2] ?? reference?.counter ?? null;

/** The originator of the command it names, if it says. */
export const originatorOf = (reference: CommandReference): string | null =>
	reference.requestId?.split(':')[0] ?? reference.originatorId;
