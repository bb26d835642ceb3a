// Runs the real command line in a process of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export interface Ran {
	code: number | null;
	stdout: string;
	stderr: string;
}

/** Starts `npm run causeway -- ARGS` with exactly these Causeway variables. */
export function startCauseway(args: readonly string[], env: Record<string, string>) {
	const {
		DATABASE_URL: _database,
		REDIS_URL: _redis,
		CAUSEWAY_HOME: _home,
		VITEST: _vitest,
		NODE_OPTIONS: _options,
		...inherited
	} = process.env;
	return spawn(process.execPath, ['cli/causeway.ts', ...args], { env: { ...inherited, ...env } });
}

/** Runs `npm run causeway -- ARGS` to its end. `input`: its standard input. */
export async function causeway(
	args: readonly string[],
	env: Record<string, string>,
	input = ''
): Promise<Ran> {
	const child = startCauseway(args, env);
	child.stdin.on('error', () => {}); // the verb may end before it reads its input
	child.stdin.end(input);
	const ended = once(child, 'close') as Promise<[number | null]>;
	const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
	return { code, stdout, stderr };
}
