// The arguments of one CLI verb, after the command line was parsed.

export interface Arguments {
	/** The words after the verb. */
	words: string[];
	/** The values of `--name value`; `undefined` where an option was not given. */
	options: Record<string, string | undefined>;
	/** `--json`: print for machines. */
	json: boolean;
}
