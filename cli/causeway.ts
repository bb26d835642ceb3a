// Runs a verb of `npm run causeway -- VERB`: administration from the command line. A verb that needs the database uses
// the services of the running instance, or DATABASE_URL and REDIS_URL. Otherwise the verb starts the embedded services,
// and stops the embedded services at the end.
import { parseArgs } from 'node:util';
import { usageError, verbs } from './verbs.ts';

/** Writes the help of all verbs, or of the verbs that begin with `only`. */
function help(only?: string): string {
	const shown = Object.entries(verbs).filter(
		([name]) => !only || name === only || name.startsWith(`${only} `)
	);
	return [
		'npm run causeway -- VERB',
		'',
		...shown.flatMap(([, { usage, summary, details = [] }]) => [
			`  ${usage}`,
			...[summary, ...details].map((line) => `      ${line}`),
			''
		]),
		'Arguments in [square brackets] are optional. Add --json to print JSON for programs.',
		'A verb that needs the database uses the running instance, or DATABASE_URL and REDIS_URL.',
		'Without either, it starts the embedded services and stops them at the end.'
	].join('\n');
}

async function main(argv: readonly string[]): Promise<number> {
	const names = [
		'name',
		'user-ids',
		'supplier',
		'email',
		'role',
		'password',
		'scopes',
		'url',
		'key'
	] as const;
	let parsed;
	try {
		parsed = parseArgs({
			args: [...argv],
			allowPositionals: true,
			options: {
				...Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
				json: { type: 'boolean' as const },
				help: { type: 'boolean' as const, short: 'h' }
			}
		});
	} catch (error) {
		return usageError((error as Error).message.split('. ')[0]!);
	}
	const { positionals } = parsed;
	const values = parsed.values as Record<string, string | boolean | undefined>;
	const name = [positionals.slice(0, 2).join(' '), positionals[0] ?? ''].find((words) => verbs[words]);
	if (values['help'] || positionals.length === 0) {
		console.log(help(name ?? positionals[0]));
		return 0;
	}
	if (!name) return usageError(`There is no verb "${positionals.join(' ')}"`);
	const options = Object.fromEntries(names.map((option) => [option, values[option] as string | undefined]));
	return verbs[name]!.run({
		words: positionals.slice(name.split(' ').length),
		options,
		json: Boolean(values['json'])
	});
}

main(process.argv.slice(2)).then(
	(code) => process.exit(code),
	(error: Error) => {
		console.error(error.message);
		process.exit(1);
	}
);
