// `npm run causeway -- VERB`: administration from the command line. Uses DATABASE_URL and REDIS_URL, or the running
// instance, or starts the embedded services for as long as it takes.
import { parseArgs } from 'node:util';
import type { Arguments } from './arguments.ts';
import { decode } from './decode.ts';
import { importFile } from './import.ts';
import { addKey, addPerson, addSupplierVerb, migrateVerb, reindexVerb } from './setup.ts';

interface Verb {
	usage: string;
	what: string;
	/** Returns the exit code. */
	run(args: Arguments): Promise<number> | number;
}

const verbs: Record<string, Verb> = {
	migrate: { usage: 'migrate', what: 'brings the database to the newest schema', run: migrateVerb },
	'supplier add': {
		usage: 'supplier add SLUG --name NAME --user-ids EUI,EUI',
		what: 'adds a Supplier, or brings it up to date',
		run: addSupplierVerb
	},
	'user add': {
		usage:
			'user add --supplier SLUG --email EMAIL --name NAME --role controller|lead|officer|engineer [--password PASSWORD]',
		what: 'adds a person who can sign in',
		run: addPerson
	},
	'apikey create': {
		usage: "apikey create --supplier SLUG|'*' --scopes ingest,read,decide",
		what: 'makes a key and prints it once',
		run: addKey
	},
	import: {
		usage: 'import FILE [--url URL --key KEY]',
		what: 'sends a file through the running API (JSON, NDJSON, CSV or DUIS XML)',
		run: importFile
	},
	decode: {
		usage: 'decode FILE...',
		what: 'shows what ingest would keep of a DUIS message or a GBCS Alert in hex; - reads standard input',
		run: ({ words }) =>
			words.length > 0 ? decode(words, console.log, console.error) : wrong('decode needs a FILE')
	},
	reindex: { usage: 'reindex', what: 'fills the Redis index from the record', run: reindexVerb }
};

function wrong(line: string): number {
	console.error(`${line}; see npm run causeway -- --help`);
	return 2;
}

function help(only?: string): string {
	const shown = Object.entries(verbs).filter(
		([name]) => !only || name === only || name.startsWith(`${only} `)
	);
	return [
		'npm run causeway -- VERB',
		'',
		...shown.map(([, verb]) => `  ${verb.usage}\n      ${verb.what}`),
		'',
		'--json prints for machines.'
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
		return wrong((error as Error).message.split('. ')[0]!);
	}
	const { positionals } = parsed;
	const values = parsed.values as Record<string, string | boolean | undefined>;
	const name = [positionals.slice(0, 2).join(' '), positionals[0] ?? ''].find((n) => verbs[n]);
	if (values['help'] || positionals.length === 0) {
		console.log(help(name ?? positionals[0]));
		return 0;
	}
	if (!name) return wrong(`there is no verb "${positionals.join(' ')}"`);
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
