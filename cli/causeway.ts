// Runs a verb of `npm run causeway -- VERB`: administration from the command line.
import { CommanderError } from 'commander';
import { readFileSync } from 'node:fs';
import { readEnvFile } from '#lib/server/process/config.ts';
import { createProgram } from './program.ts';
import { UsageError } from './verb.ts';
import { verbs } from './verbs.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
	version: string;
};

/** Runs the command line and returns the exit code. */
async function main(argv: readonly string[]): Promise<number> {
	let exitCode = 0;
	const program = createProgram(verbs, version, async (verb, args) => {
		exitCode = await verb.run(args);
	});
	try {
		readEnvFile();
		if (argv.length === 0) program.outputHelp();
		else await program.parseAsync(argv, { from: 'user' });
		return exitCode;
	} catch (error) {
		if (error instanceof CommanderError) {
			if (error.exitCode === 0) return 0; // --help or --version
			return fail(usageFault(error), 2, argv);
		}
		const { message } = error as Error;
		return error instanceof UsageError
			? fail(`${message}. Add --help for the usage.`, 2, argv)
			: fail(message, 1, argv);
	}
}

/** Returns what is wrong with the command line, in a sentence. */
function usageFault({ code, message }: CommanderError): string {
	if (code === 'commander.help') return 'A verb is missing; the lines above list the verbs.';
	const [fault = '', ...hints] = message.replace(/^error: /, '').split('\n');
	return `${fault}. ${hints.map((hint) => `${hint.replace(/^\((.*)\)$/, '$1')} `).join('')}Add --help for the usage.`;
}

function fail(message: string, exitCode: number, argv: readonly string[]): number {
	console.error(argv.includes('--json') ? JSON.stringify({ error: message, exitCode }) : message);
	return exitCode;
}

process.exit(await main(process.argv.slice(2)));
