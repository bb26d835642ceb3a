// Implements the verbs about API keys: create, list, show, rotate and revoke.
import { SCOPES } from '#lib/domain/access.ts';
import { ownerIdOf } from '#lib/server/access/administration.ts';
import { createApiKey, listKeys, revokeKey, rotateKey } from '#lib/server/access/manage-keys.ts';
import { onDatabase } from './database.ts';
import { readEnd, readKeyId, readPeriod, readOwner, readScopes } from './values.ts';
import { optional, print, printFacts, printList, required, type Verb } from './verb.ts';

const EXPIRES = [
	'--expires <END>',
	'the end of the key: a date, a period such as 90d, or never; one year if it is not given'
] as const;

export const keyVerbs: Record<string, Verb> = {
	'apikey create': {
		summary: 'Makes an API key and prints it once.',
		details: [
			"'*' makes a key of the whole installation, for the systems that deliver records. Such a key reads no Supplier.",
			'A decision made with a key shows the name of the key.'
		],
		options: [
			["--supplier <SLUG|'*'>", 'the Supplier of the key'],
			['--scopes <SCOPE,...>', `one scope or several of ${SCOPES.join(', ')}`],
			['--name <NAME>', 'the system that uses the key'],
			EXPIRES
		],
		example: "apikey create --supplier '*' --scopes ingest --name 'DCC adapter' --expires 90d",
		async run(args) {
			const supplier = readOwner(required(args, 'supplier'));
			const scopes = readScopes(required(args, 'scopes'));
			const expiresAt = readEnd('expires', optional(args, 'expires') ?? '1y');
			const name = optional(args, 'name') ?? null;
			const made = await onDatabase(async ({ client }) =>
				createApiKey(client, {
					supplierId: await ownerIdOf(client, supplier),
					scopes,
					name,
					expiresAt
				})
			);
			return print(args, made, `${made.key}\n${aboutKey(made)}`);
		}
	},
	'apikey list': {
		summary:
			'Lists the API keys: name, Supplier, scopes, state, end and last use. Never the keys themselves.',
		options: [["--supplier <SLUG|'*'>", 'only the keys of this Supplier, or of the installation']],
		example: "apikey list --supplier '*'",
		async run(args) {
			const given = optional(args, 'supplier');
			const supplier = given === undefined ? null : readOwner(given);
			const keys = await onDatabase(({ client }) => listKeys(client, { id: null, supplier }));
			return printList(args, keys, 'There is no key.');
		}
	},
	'apikey show': {
		args: '<ID>',
		summary: 'Shows one API key, without the key itself.',
		example: 'apikey show 7',
		async run(args) {
			const id = readKeyId(args.words[0]);
			const [key] = await onDatabase(({ client }) => listKeys(client, { id, supplier: null }));
			if (!key) throw noSuchKey(id);
			return printFacts(args, key);
		}
	},
	'apikey rotate': {
		args: '<ID>',
		summary:
			'Makes a new key with the same Supplier, scopes and name, and lets the old key end after a grace.',
		options: [
			['--grace <PERIOD>', 'how long the old key still works, such as 24h or 0; 24h if it is not given'],
			['--expires <END>', 'the end of the new key; it has the lifetime of the old key if it is not given']
		],
		example: 'apikey rotate 7 --grace 2d',
		async run(args) {
			const id = readKeyId(args.words[0]);
			const graceMs = readPeriod('grace', optional(args, 'grace') ?? '24h');
			const given = optional(args, 'expires');
			const expiresAt = given === undefined ? undefined : readEnd('expires', given);
			const made = await onDatabase(({ client }) => rotateKey(client, id, { graceMs, expiresAt }));
			if (!made) throw new Error(`There is no key ${id}, or it is revoked; make one with \`apikey create\``);
			const { oldEndsAt, ...key } = made;
			return print(
				args,
				{ ...key, replaces: id, oldEndsAt },
				`${key.key}\n${aboutKey(key)}\nThe old key ${id} works until ${oldEndsAt.toISOString()}.`
			);
		}
	},
	'apikey revoke': {
		args: '<ID>',
		summary: 'Ends a key at once. The web processes refuse the key after five seconds at the latest.',
		example: 'apikey revoke 7',
		async run(args) {
			const id = readKeyId(args.words[0]);
			const revoked = await onDatabase(async ({ client }) => {
				const [key] = await listKeys(client, { id, supplier: null });
				if (!key) throw noSuchKey(id);
				return revokeKey(client, id);
			});
			return print(
				args,
				{ id, revoked: true, changed: revoked },
				revoked ? `Key ${id} is revoked.` : `Key ${id} was already revoked.`
			);
		}
	}
};

/** Says how to keep a new key, and when it ends. */
export const aboutKey = ({ id, expiresAt }: { id: number; expiresAt: Date | null }): string =>
	`Store this key in a safe place: it is not shown again. It is key ${id} and ${expiresAt ? `ends on ${expiresAt.toISOString().slice(0, 10)}` : 'has no end'}.`;

const noSuchKey = (id: number): Error => new Error(`There is no key ${id}; \`apikey list\` lists the keys`);
