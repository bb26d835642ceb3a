// Builds the parser of the command line from the table of verbs, with a help page for each verb.
import { Command } from 'commander';
import { EXIT_CODES, type Arguments, type Verb } from './verb.ts';

/** The command that runs the command line, as a person types it. */
const COMMAND = 'npm run causeway --';

/**
 * Returns the parser. It calls `run` with the verb of a command line, and throws commander's error for a faulty command
 * line, for `--help` and for `--version`.
 */
export function createProgram(
	verbs: Readonly<Record<string, Verb>>,
	version: string,
	run: (verb: Verb, args: Arguments) => Promise<void>
): Command {
	const program = quiet(new Command(COMMAND))
		.usage('VERB [options]')
		.description('Administers an installation of Causeway.')
		.version(version, '--version', 'print the version')
		.addHelpText('after', () => HELP_END);
	const groups = new Map<string, Command>();
	for (const [name, verb] of Object.entries(verbs)) {
		const [word, second] = name.split(' ') as [string, string?];
		const parent = second === undefined ? program : groupOf(program, groups, word);
		addVerb(parent, second ?? word, verb, run);
	}
	return program;
}

const HELP_END = `
A verb that needs the database uses DATABASE_URL, or the installation in the folder CAUSEWAY_HOME.
If the installation is not running, the verb starts its PostgreSQL and stops it at the end.

Exit codes:
${EXIT_CODES.map(([code, meaning]) => `  ${code}  ${meaning}`).join('\n')}`;

/** Makes a command throw instead of ending the process, and sets the words of its help. */
const quiet = (command: Command): Command =>
	command
		.exitOverride()
		.configureOutput({ outputError: () => {} })
		.helpOption('-h, --help', 'print this help')
		.helpCommand(false);

function groupOf(program: Command, groups: Map<string, Command>, word: string): Command {
	const known = groups.get(word);
	if (known) return known;
	const group = quiet(program.command(word))
		.usage('VERB [options]')
		.description(GROUPS[word] ?? '');
	groups.set(word, group);
	return group;
}

const GROUPS: Readonly<Record<string, string>> = {
	supplier: 'Suppliers: add, list, show, disable, enable.',
	user: 'People: add, list, show, role, reset-password, disable, enable.',
	apikey: 'API keys: create, list, show, rotate, revoke.'
};

function addVerb(
	parent: Command,
	word: string,
	verb: Verb,
	run: (verb: Verb, args: Arguments) => Promise<void>
): void {
	const command = quiet(parent.command(word))
		.summary(verb.summary)
		.description([verb.summary, ...(verb.details ?? [])].join('\n'))
		.addHelpText('after', `\nExample:\n  ${COMMAND} ${verb.example}`);
	for (const argument of verb.args?.split(' ') ?? []) command.argument(argument);
	for (const [form, meaning] of verb.options ?? []) command.option(form, meaning);
	command.option('--json', 'print JSON for programs, errors too').action(async () => {
		const { json, ...options } = command.opts<Arguments['options']>();
		await run(verb, { words: command.args, options, json: json === true });
	});
	command.usage([...(verb.args ? [verb.args] : []), '[options]'].join(' '));
}
