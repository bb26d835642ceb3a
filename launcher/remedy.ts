// Finds the cause in the output of a process that ended, and says what to do about it.

/** Returns the cause that a line of output names, or `undefined` if the line names none. */
export function causeOf(line: string): string | undefined {
	const text = line.trim();
	// The database tells clients that it starts or stops, and Redis warns about settings of the machine. Neither is a
	// cause.
	if (!text || /^\s*at |^Node\.js|ExperimentalWarning|the database system is|# WARNING/.test(line))
		return undefined;
	// The own logs of PostgreSQL and Redis begin each line with its time.
	const severe = /^[^{]*?(?:FATAL|PANIC|ERROR):\s+(.+)/.exec(text) ?? /^\d+:[A-Z] .*? # (.+)/.exec(text);
	if (severe) return severe[1];
	return /^\d+:[A-Z] |^\d{4}-\d\d-\d\d .*(LOG|HINT|DETAIL|WARNING|STATEMENT|CONTEXT):/.test(text)
		? undefined
		: text;
}

const REMEDIES: ReadonlyArray<[cause: RegExp, remedy: (home: string) => string]> = [
	[
		/no space left|ENOSPC|disk full|quota/i,
		(home) => `Free space on the disk of ${home} (CAUSEWAY_HOME), then start again.`
	],
	[
		/permission denied|EACCES|read-only file system|EROFS/i,
		(home) => `Make ${home} (CAUSEWAY_HOME) writable for this user, then start again.`
	],
	[
		/cannot allocate memory|out of memory|could not map anonymous shared memory/i,
		() => 'Free memory on this machine, then start again.'
	],
	[
		/address already in use/i,
		() => 'Another process has taken its port. Start again: Causeway then chooses another port.'
	]
];

/** Returns the sentence that says what to do about this cause. */
export const remedyOf = (cause: string, home: string): string =>
	REMEDIES.find(([pattern]) => pattern.test(cause))?.[1](home) ?? 'Mend the cause, then start again.';
