// Lists the verbs of `npm run causeway`. The command line runs the verbs, and docs/reference/cli.md describes the
// verbs.
import { migrateDatabase } from '#lib/server/migrate-database.ts';
import { withDatabase } from '../launcher/services.ts';
import { decode } from './decode.ts';
import { importVerb } from './import/import.ts';
import { initVerb } from './init.ts';
import { keyVerbs } from './keys.ts';
import { userVerbs } from './people.ts';
import { reindexVerb } from './reindex.ts';
import { supplierVerbs } from './suppliers.ts';
import { print, type Verb } from './verb.ts';

export const verbs: Record<string, Verb> = {
	init: initVerb,
	...supplierVerbs,
	...userVerbs,
	...keyVerbs,
	import: importVerb,
	decode: {
		args: '<FILE...>',
		summary:
			'Prints the fields that Causeway would store of a DUIS message or of a GBCS Alert in hexadecimal.',
		details: [
			'Prints one JSON line for each file. Stores nothing and needs no database.',
			'A file named - is the standard input.'
		],
		example: 'decode message.xml',
		run: ({ words }) => decode(words, console.log, console.error)
	},
	migrate: {
		summary: 'Brings the database to the newest schema.',
		details: ['Safe to run again. `npm start` and every verb that uses the database do this too.'],
		example: 'migrate',
		run: (args) =>
			withDatabase(process.env, async (databaseUrl) => {
				const applied = await migrateDatabase(databaseUrl, (line) => args.json || console.error(line));
				return print(
					args,
					{ applied },
					applied.length > 0
						? `Applied ${applied.join(', ')}.`
						: 'The database already has the newest schema. Nothing to do.'
				);
			})
	},
	reindex: reindexVerb
};
