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
