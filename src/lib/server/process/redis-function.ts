// Calls the functions of a Lua library in Redis. Loads the library first if this Redis does not have it.
import type { Redis } from './redis.ts';

type Binary = Pick<Redis, 'sendCommand' | 'functionLoad'>;

/** Calls a function without keys. `library`: the text of the Lua library that has the function. */
export async function callFunction<T>(
	redis: Binary,
	library: string,
	command: 'FCALL' | 'FCALL_RO',
	name: string,
	args: ReadonlyArray<string | Buffer>
): Promise<T> {
	const send = (): Promise<T> => redis.sendCommand<T>([command, name, '0', ...args]);
	try {
		return await send();
	} catch (error) {
		if (!String(error).includes('Function not found')) throw error;
		await redis.functionLoad(library, { REPLACE: true });
		return send();
	}
}
