// Defines what a verb of the command line is, and how a verb reads its options and prints its result.

export interface Arguments {
	/** The words that follow the verb on the command line. */
	words: string[];
	/** The values of the options, by their names in camel case. `undefined`: the option was not given. */
	options: Record<string, string | true | undefined>;
	/** Whether `--json` was given, so that the verb prints JSON for programs. */
	json: boolean;
}

export interface Verb {
	/** The arguments after the verb: `<NAME>` is required, `[NAME]` is optional, `...` means several. */
	args?: string;
	/** What the verb does, in one sentence. */
	summary: string;
	/** The defaults and limits of the arguments, one sentence each. */
	details?: readonly string[];
	/** The options: their form, such as `--name <NAME>`, and what they mean. */
	options?: ReadonlyArray<readonly [form: string, meaning: string]>;
	/** A command line that works, from the name of the verb on. */
	example: string;
	/** Runs the verb and returns the exit code. */
	run(args: Arguments): Promise<number> | number;
}

/** A fault in the command line itself. The exit code is 2. */
export class UsageError extends Error {}

/** The exit codes of the command line, each with its meaning. */
export const EXIT_CODES: ReadonlyArray<[code: number, meaning: string]> = [
	[0, 'The verb did its work.'],
	[1, 'The verb did not succeed: it failed, or some records or files were refused.'],
	[2, 'The command line is wrong: an unknown verb or option, or a missing or wrong argument.']
];

/** Returns the value of an option with a value; `undefined`: the option was not given. */
export function optional({ options }: Arguments, name: string): string | undefined {
	const value = options[name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())];
	return typeof value === 'string' ? value : undefined;
}

/** Returns the value of an option. Throws a usage error if the option was not given. */
export function required(args: Arguments, name: string): string {
	const value = optional(args, name);
	if (!value) throw new UsageError(`--${name} is missing`);
	return value;
}

/** Prints the result: `value` as JSON for programs, or `text` for people. Returns the exit code 0. */
export function print({ json }: Arguments, value: unknown, text: string): number {
	console.log(json ? JSON.stringify(value) : text);
	return 0;
}

/** Prints the rows of a list, with one column for each field. `empty`: the sentence for people if there is no row. */
export function printList(args: Arguments, rows: ReadonlyArray<object>, empty: string): number {
	return print(args, rows, rows.length === 0 ? empty : tableOf(rows));
}

/** Prints the fields of one thing, one on each line. */
export function printFacts(args: Arguments, facts: object): number {
	const lines = Object.entries(facts).map(([name, value]) => [`${words(name)}:`, cell(value)] as const);
	const width = Math.max(...lines.map(([name]) => name.length));
	return print(args, facts, lines.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n'));
}

function tableOf(rows: ReadonlyArray<object>): string {
	const names = Object.keys(rows[0]!);
	const cells = [
		names.map((name) => words(name).toUpperCase()),
		...rows.map((row) => Object.values(row).map(cell))
	];
	const widths = names.map((_, i) => Math.max(...cells.map((line) => line[i]!.length)));
	return cells
		.map((line) =>
			line
				.map((text, i) => text.padEnd(widths[i]!))
				.join('  ')
				.trimEnd()
		)
		.join('\n');
}

function cell(value: unknown): string {
	if (value === null || value === undefined) return '-';
	if (value instanceof Date) return `${value.toISOString().slice(0, 16).replace('T', ' ')}Z`;
	return Array.isArray(value) ? value.join(',') || '-' : String(value);
}

/** Writes the name of a field for a person: `createdAt` becomes `created at`. */
const words = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
