// Defines the arguments that a CLI verb receives.

export interface Arguments {
	/** The words that follow the verb on the command line. */
	words: string[];
	/** The values of options given as `--name value`. `undefined`: the option was not given. */
	options: Record<string, string | undefined>;
	/** Whether `--json` was given, so that the verb prints JSON for programs. */
	json: boolean;
}
