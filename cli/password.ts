// Gets the password of a person: from standard input, from a prompt without echo, or made here.
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { UsageError, optional, type Arguments } from './verb.ts';

const LEAST_CHARACTERS = 10;

export interface Password {
	password: string;
	/** Whether this file made the password, so that the verb must print it. */
	isMade: boolean;
}

export const PASSWORD_OPTIONS = [
	['--password-stdin', 'read the password from standard input'],
	['--password <PASSWORD>', 'deprecated: every user of the machine can read the process list']
] as const;

/**
 * Returns the password that the options name. Without an option, a terminal asks for a password. An empty answer, or
 * no terminal, makes a password.
 */
export async function readPassword(args: Arguments): Promise<Password> {
	const given = optional(args, 'password');
	if (given !== undefined) {
		console.error(
			'--password is deprecated: every user of this machine can read it in the process list. Use --password-stdin.'
		);
		return accept(given, '--password');
	}
	if (args.options['passwordStdin'])
		return accept((await text(process.stdin)).replace(/\r?\n$/, ''), 'The password');
	if (process.stdin.isTTY && !args.json) {
		const typed = await askSecretly(
			`Password, at least ${LEAST_CHARACTERS} characters (empty: one is made): `
		);
		if (typed) {
			const { password } = accept(typed, 'The password');
			if ((await askSecretly('The same password again: ')) !== password)
				throw new UsageError('The two passwords differ');
			return { password, isMade: false };
		}
	}
	return { password: randomBytes(12).toString('base64url'), isMade: true };
}

function accept(password: string, name: string): Password {
	if (password.length < LEAST_CHARACTERS)
		throw new UsageError(`${name} must have at least ${LEAST_CHARACTERS} characters`);
	return { password, isMade: false };
}

/** Asks on the terminal, and does not show what the person types. */
async function askSecretly(question: string): Promise<string> {
	process.stderr.write(question);
	const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
	const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
	try {
		return await terminal.question('');
	} finally {
		terminal.close();
		process.stderr.write('\n');
	}
}
