// Defines the reference by which an Alert names a command.
import { z } from 'zod';

/** GBCS outcome Alerts name the command by counter, DCC Alerts by RequestID. `null` fields are not in the Alert. */
export const CommandReference = z.object({
	originatorId: z.string().nullable(),
	counter: z.string().nullable(),
	messageCode: z.string().nullable(),
	requestId: z.string().nullable(),
	/** InstructionNumber and TotalCommandInstructions, if the Device reports on one command with several Alerts. */
	instruction: z.number().int().nullable(),
	instructions: z.number().int().nullable()
});
export type CommandReference = z.infer<typeof CommandReference>;

/** The counter of the named command: from the RequestID, else from the counter field. */
export const counterOf = (reference: CommandReference | null): string | null =>
	reference?.requestId?.split(':')[2] ?? reference?.counter ?? null;

/** The originator of the named command. `null` if the Alert does not name the originator. */
export const originatorOf = (reference: CommandReference): string | null =>
	reference.requestId?.split(':')[0] ?? reference.originatorId;
