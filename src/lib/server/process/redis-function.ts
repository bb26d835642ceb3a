// Calls the functions of a Lua library in Redis.
import type { Redis } from './redis.ts';

type Binary = Pick<Redis, 'sendCommand' | 'functionLoad'>;

/** The libraries that this process has loaded, by connection. */
const loaded = new WeakMap<Binary, Set<string>>();

/**
 * Calls a function without keys. `library`: the text of the Lua library that has the function. The first call over a
 * connection loads the library, because Redis may still have the functions of another version.
 */
export async function callFunction<T>(
	redis: Binary,
	library: string,
	command: 'FCALL' | 'FCALL_RO',
	name: string,
	args: ReadonlyArray<string | Buffer>
): Promise<T> {
	const load = (): Promise<unknown> => redis.functionLoad(library, { REPLACE: true });
	const send = (): Promise<T> => redis.sendCommand<T>([command, name, '0', ...args]);
	const libraries = loaded.get(redis) ?? new Set();
	if (!libraries.has(library)) {
		await load();
		loaded.set(redis, libraries.add(library));
	}
	try {
		return await send();
	} catch (error) {
		if (!String(error).includes('Function not found')) throw error;
		await load();
		return send();
	}
}
