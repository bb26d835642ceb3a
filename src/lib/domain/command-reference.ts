// Defines the reference by which an Alert names a command.
import { z } from 'zod';

/**
 * The fields by which an Alert names a command. GBCS outcome Alerts give the counter of the command, DCC Alerts give
 * the RequestID. A field is `null` if the Alert does not give it.
 */
export const CommandReference = z.object({
	originatorId: z.string().nullable(),
	counter: z.string().nullable(),
	messageCode: z.string().nullable(),
	requestId: z.string().nullable(),
	/**
	 * The number of the instruction in its command (InstructionNumber). `instructions`: the number of instructions
	 * (TotalCommandInstructions). Both numbers are `null` unless the Device reports on one command with several Alerts.
	 */
	instruction: z.number().int().nullable(),
	instructions: z.number().int().nullable()
});
export type CommandReference = z.infer<typeof CommandReference>;

/**
 * Returns the counter of the named command, from the RequestID or else from the counter field. Returns `null` if the
 * Alert gives neither.
 */
export const counterOf = (reference: CommandReference | null): string | null =>
	reference?.requestId?.split(':')[2] ?? reference?.counter ?? null;

/** Returns the originator of the named command. Returns `null` if the Alert does not name the originator. */
export const originatorOf = (reference: CommandReference): string | null =>
	reference.requestId?.split(':')[0] ?? reference.originatorId;
