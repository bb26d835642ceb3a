// Completes the settings before they are checked: reads each `NAME_FILE`, and puts separate passwords into their URLs.
import { readFileSync } from 'node:fs';

export type Env = Record<string, string | undefined>;

/** The passwords that may be given apart from their URL. A password apart may hold any character. */
const PASSWORDS = {
	DATABASE_PASSWORD: 'DATABASE_URL',
	REDIS_PASSWORD: 'REDIS_URL',
	MAIL_PASSWORD: 'MAIL_SERVER'
} as const;

export interface CompleteSettings {
	/** The environment without empty values, `NAME_FILE` variables of settings, and separate passwords. */
	env: Record<string, string>;
	/** One line for each variable that is wrong: its name, the cause and the remedy. */
	problems: string[];
}

/** Completes `given`. `names` are the names of all settings: each may be given as a file, in the variable `NAME_FILE`. */
export function completeSettings(given: Env, names: readonly string[]): CompleteSettings {
	const env: Record<string, string> = {};
	for (const [name, value] of Object.entries(given)) if (value) env[name] = value;
	const problems: string[] = [];
	for (const name of names) {
		const variable = `${name}_FILE`;
		const file = env[variable];
		if (file === undefined || names.includes(variable)) continue;
		delete env[variable];
		if (env[name] !== undefined) {
			problems.push(`${variable}: ${name} is also set. Remove one of the two variables`);
			continue;
		}
		try {
			const value = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
			if (value) env[name] = value;
			else problems.push(`${variable}: the file is empty. Write the value of ${name} into the file`);
		} catch (error) {
			const { code } = error as NodeJS.ErrnoException;
			problems.push(`${variable}: ${REASONS[code ?? ''] ?? `the file cannot be read (${code})`}`);
		}
	}
	for (const [name, target] of Object.entries(PASSWORDS)) {
		const password = env[name];
		if (password === undefined) continue;
		delete env[name];
		const url = URL.parse(env[target] ?? '');
		if (!url) {
			// A URL that is not valid has its own line.
			if (env[target] === undefined)
				problems.push(`${name}: ${target} is not set. Set ${target} to a URL without a password`);
		} else if (url.password)
			problems.push(`${name}: ${target} also has a password. Remove one of the two passwords`);
		else {
			url.password = encodeURIComponent(password);
			env[target] = url.href;
		}
	}
	return { env, problems };
}

const REASONS: Record<string, string> = {
	ENOENT: 'there is no such file. Create the file, or correct the path',
	EACCES: 'this user may not read the file. Let the user of the process read it',
	EISDIR: 'the path is a folder. Name a file'
};
