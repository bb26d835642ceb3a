// Defines the arguments that a CLI verb receives.

export interface Arguments {
	/** The words after the verb. */
	words: string[];
	/** The values of `--name value`. `undefined`: the option was not given. */
	options: Record<string, string | undefined>;
	/** `--json` was given: print JSON for programs. */
	json: boolean;
}
