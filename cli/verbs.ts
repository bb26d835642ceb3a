// Lists the verbs of `npm run causeway`. The command line runs the verbs, and docs/reference/cli.md describes the
// verbs.
import { MEMBER_ROLES, SCOPES } from '#lib/domain/access.ts';
import type { Arguments } from './arguments.ts';
import { decode } from './decode.ts';
import { importFile } from './import.ts';
import { addKey, addPerson, addSupplierVerb, migrateVerb, reindexVerb } from './setup.ts';

export interface Verb {
	/** The verb with its arguments. Square brackets mark optional arguments. */
	usage: string;
	/** What the verb does, in one sentence. */
	summary: string;
	/** The defaults and limits of the arguments, one sentence each. */
	details?: readonly string[];
	/** Runs the verb and returns the exit code. */
	run(args: Arguments): Promise<number> | number;
}

/** The exit codes of the command line, each with its meaning. */
export const EXIT_CODES: ReadonlyArray<[code: number, meaning: string]> = [
	[0, 'The verb did its work.'],
	[1, 'The verb failed, an argument is missing or wrong, or some records or files were refused.'],
	[2, 'There is no such verb or option, or `decode` got no file.']
];

export const verbs: Record<string, Verb> = {
	migrate: {
		usage: 'migrate',
		summary: 'Brings the database to the newest schema.',
		details: ['Safe to run again. `npm start` and every verb that uses the database do this too.'],
		run: migrateVerb
	},
	'supplier add': {
		usage: 'supplier add SLUG [--name NAME] [--user-ids EUI,EUI]',
		summary: 'Adds a Supplier, or changes the name of a known Supplier and adds User IDs to it.',
		details: [
			'SLUG is a short lower-case name, for example brightwell.',
			'NAME is SLUG if it is not given. A User ID can belong to one Supplier only.'
		],
		run: addSupplierVerb
	},
	'user add': {
		usage: `user add --supplier SLUG|'*' --email EMAIL [--name NAME] [--role ${MEMBER_ROLES.join('|')}] [--password PASSWORD]`,
		summary: 'Adds a person who can sign in. A known person is never changed.',
		details: [
			`The role is ${MEMBER_ROLES[0]} if it is not given. NAME is the e-mail address if it is not given.`,
			"'*' adds a person of the installation, as engineer or admin. Two such people activate a cause table.",
			'A password has at least 10 characters. Without --password, the verb makes one and prints it once.'
		],
		run: addPerson
	},
	'apikey create': {
		usage: `apikey create --supplier SLUG|'*' --scopes ${SCOPES.join(',')}`,
		summary: 'Makes an API key and prints it once.',
		details: [
			"'*' makes a key of the whole installation, for the systems that deliver records. Such a key reads no Supplier.",
			'Name one scope or several, separated by commas.'
		],
		run: addKey
	},
	import: {
		usage: 'import FILE [--url URL] [--key KEY]',
		summary: 'Sends a file through the API of the running instance: JSON, NDJSON, CSV or DUIS XML.',
		details: [
			'The content decides whether the file holds Alerts, Service Requests, Devices or one DUIS message.',
			'URL is the instance in CAUSEWAY_HOME if it is not given. KEY is the setting CAUSEWAY_KEY if it is not given.'
		],
		run: importFile
	},
	decode: {
		usage: 'decode FILE...',
		summary:
			'Prints the fields that Causeway would store of a DUIS message or of a GBCS Alert in hexadecimal.',
		details: ['Stores nothing and needs no database. A file named - is the standard input.'],
		run: ({ words }) =>
			words.length > 0
				? decode(words, console.log, console.error)
				: usageError('decode needs at least one FILE')
	},
	reindex: {
		usage: 'reindex',
		summary: 'Fills the Redis index from the database.',
		details: ['The workers do this by themselves when Redis has lost the index.'],
		run: reindexVerb
	}
};

/** Prints the fault in the command line, and returns the exit code. */
export function usageError(line: string): number {
	console.error(`${line}. Run \`npm run causeway -- --help\` for the list of verbs.`);
	return 2;
}
