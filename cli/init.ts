// Implements the verb `init`: makes the first Supplier, person and key, and says what comes next.
import { createInterface } from 'node:readline/promises';
import { saveSupplier } from '#lib/server/access/administration.ts';
import { createApiKey } from '#lib/server/access/manage-keys.ts';
import { listPeople } from '#lib/server/access/people.ts';
import { causewayCommand, quoted } from '../launcher/next-steps.ts';
import { homePath, runningInstance } from '../launcher/services.ts';
import { onDatabase } from './database.ts';
import { aboutKey } from './keys.ts';
import { PASSWORD_OPTIONS, readPassword } from './password.ts';
import { alreadyKnown, readRole } from './people.ts';
import { whatWasSaved } from './suppliers.ts';
import { readEmail, readEnd, readSlug, readUserIds } from './values.ts';
import { UsageError, optional, print, type Arguments, type Verb } from './verb.ts';

/** The options that `init` needs, with the question for a terminal. `check` throws if the answer is not valid. */
const NEEDED: Readonly<Record<string, { question: string; check(answer: string): unknown }>> = {
	supplier: {
		question: 'Short name of the Supplier, lower case (such as brightwell): ',
		check: readSlug
	},
	'user-ids': {
		question: 'User IDs of the Supplier (EUI-64, separated by commas): ',
		check: readNeededUserIds
	},
	email: { question: 'E-mail address of the first person: ', check: readEmail }
};

function readNeededUserIds(text: string | undefined): string[] {
	const userIds = readUserIds(text);
	if (userIds.length === 0) throw new UsageError('--user-ids needs at least one User ID');
	return userIds;
}

export const initVerb: Verb = {
	summary: 'Makes the first Supplier, its first person and a key, and prints the next three commands.',
	details: [
		'On a terminal, the verb asks for what is missing. It makes a new installation if there is none.',
		'The key has the scopes ingest and read of the Supplier. The options of the person are those of `user add`.'
	],
	options: [
		['--supplier <SLUG>', 'the short name of the Supplier'],
		['--name <NAME>', 'the name of the Supplier for people; SLUG if it is not given'],
		['--user-ids <EUI,...>', 'the EUI-64 User IDs of the Supplier, separated by commas'],
		['--email <EMAIL>', 'the address by which the first person signs in'],
		['--person <NAME>', 'the name of the first person; the e-mail address if it is not given'],
		['--role <ROLE>', 'controller or lead; lead if it is not given'],
		...PASSWORD_OPTIONS
	],
	example:
		'init --supplier brightwell --name "Brightwell Energy" --user-ids 90-B3-D5-1F-30-01-00-01 --email kim@brightwell.example',
	run: init
};

async function init(given: Arguments): Promise<number> {
	const args = await complete(given);
	const slug = readSlug(optional(args, 'supplier'));
	const userIds = readNeededUserIds(optional(args, 'user-ids'));
	const email = readEmail(optional(args, 'email'));
	const role = readRole(optional(args, 'role') ?? 'lead', slug);
	const { password, isMade } = await readPassword(args);
	const { saved, key } = await onDatabase(async ({ client, auth }) => {
		const [known] = await listPeople(client, { email, supplier: null });
		if (known) throw new Error(alreadyKnown(email));
		const saved = await saveSupplier(client, { slug, name: optional(args, 'name'), userIds });
		const name = optional(args, 'person') ?? email;
		await auth.addUser({ email, name, password, supplierId: saved.id, role });
		const key = await createApiKey(client, {
			supplierId: saved.id,
			scopes: ['ingest', 'read'],
			name: `${slug} feed`,
			expiresAt: readEnd('expires', '1y')
		});
		return { saved, key };
	}, true);
	const next = nextCommands(key.key, userIds[0]!);
	return print(
		args,
		{
			supplier: slug,
			userIds,
			email,
			role,
			...(isMade ? { password } : {}),
			key: key.key,
			keyId: key.id,
			next
		},
		[
			whatWasSaved(slug, saved),
			`${email} can sign in for ${slug} as ${role}${isMade ? `, password ${password}` : ''}.`,
			`Key for the feeds of ${slug}: ${key.key}`,
			aboutKey(key),
			'',
			'The next three commands:',
			...next.map((line) => `  ${line}`)
		].join('\n')
	);
}

/**
 * Asks on a terminal for the needed options that are missing, and again after an answer that is not valid. Throws a usage
 * error if there is no terminal.
 */
async function complete(args: Arguments): Promise<Arguments> {
	const missing = Object.entries(NEEDED).filter(([name]) => !optional(args, name));
	if (missing.length === 0) return args;
	if (!process.stdin.isTTY || args.json)
		throw new UsageError(`${missing.map(([name]) => `--${name}`).join(', ')} missing`);
	const terminal = createInterface({ input: process.stdin, output: process.stderr });
	const options = { ...args.options };
	try {
		for (const [name, { question, check }] of missing)
			for (let answer: string | undefined; answer === undefined;) {
				const text = (await terminal.question(question)).trim();
				try {
					check(text);
					answer = options[name === 'user-ids' ? 'userIds' : name] = text;
				} catch (error) {
					if (!(error instanceof UsageError)) throw error;
					console.error(error.message);
				}
			}
	} finally {
		terminal.close();
	}
	return { ...args, options };
}

/** Returns the next three commands, which work when they are pasted. The first starts the instance if it is stopped. */
function nextCommands(key: string, userId: string): string[] {
	const command = causewayCommand(process.env);
	const running = runningInstance(homePath(process.env));
	const url = running?.url ?? `http://127.0.0.1:${process.env['PORT'] || 3000}`;
	const alert = JSON.stringify({
		deviceId: '00-DB-12-34-56-78-90-A0',
		code: '8F30',
		recipientId: userId,
		raisedAt: new Date().toISOString()
	});
	const commands = [
		`curl -H 'Authorization: Bearer ${key}' -H 'content-type: application/json' --data ${quoted(alert)} ${quoted(url)}/api/v1/alerts`,
		`${command} apikey create --supplier '*' --scopes ingest --name 'inventory and audit trail'`,
		`${command} import devices.csv requests.ndjson alerts.ndjson --key KEY   # the key of the line above`
	];
	return running ? commands : [command.replace('run causeway --', 'start'), ...commands.slice(0, 2)];
}
