// Implements the verbs about people: add, list, show, role, reset-password, disable and enable.
import { INSTALLATION_ROLES, SUPPLIER_ROLES, rolesOf, type MemberRole } from '#lib/domain/access.ts';
import { ownerIdOf } from '#lib/server/access/administration.ts';
import { listPeople, setPersonDisabled, setRole } from '#lib/server/access/people.ts';
import { onDatabase } from './database.ts';
import { PASSWORD_OPTIONS, readPassword } from './password.ts';
import { readEmail, readOwner } from './values.ts';
import {
	UsageError,
	optional,
	print,
	printFacts,
	printList,
	required,
	type Arguments,
	type Verb
} from './verb.ts';

const PASSWORD_RULE =
	'A terminal asks for the password. Without a terminal and without an option, the verb makes one and prints it once.';

export const userVerbs: Record<string, Verb> = {
	'user add': {
		summary: 'Adds a person who can sign in. A known person is never changed.',
		details: [
			`The role is one of ${SUPPLIER_ROLES.join(', ')}, and ${SUPPLIER_ROLES[0]} if it is not given.`,
			`'*' adds a person of the installation, as ${INSTALLATION_ROLES.join(' or ')}. Two such people activate a cause table.`,
			PASSWORD_RULE
		],
		options: [
			["--supplier <SLUG|'*'>", 'the Supplier that the person works for'],
			['--email <EMAIL>', 'the address by which the person signs in'],
			['--name <NAME>', 'the name for people; the e-mail address if it is not given'],
			['--role <ROLE>', 'what the person may do'],
			...PASSWORD_OPTIONS
		],
		example: 'user add --supplier brightwell --email kim@brightwell.example --name "Kim Lee" --role lead',
		async run(args) {
			const supplier = readOwner(required(args, 'supplier'));
			const email = readEmail(required(args, 'email'));
			const role = readRole(optional(args, 'role') ?? SUPPLIER_ROLES[0], supplier);
			const { password, isMade } = await readPassword(args);
			const name = optional(args, 'name') ?? email;
			const isNew = await onDatabase(async ({ client, auth }) =>
				auth.addUser({ email, name, password, supplierId: await ownerIdOf(client, supplier), role })
			);
			if (!isNew) throw new Error(alreadyKnown(email));
			const text = `${email} can sign in for ${supplier === '*' ? 'the installation' : supplier} as ${role}`;
			return print(
				args,
				{ email, supplier, role, new: true, ...(isMade ? { password } : {}) },
				isMade ? `${text}, password ${password}` : `${text}.`
			);
		}
	},
	'user list': {
		summary: 'Lists the people: name, Supplier, role, last use, and whether they are disabled.',
		options: [["--supplier <SLUG|'*'>", 'only the people of this Supplier, or of the installation']],
		example: 'user list --supplier brightwell',
		async run(args) {
			const given = optional(args, 'supplier');
			const supplier = given === undefined ? null : readOwner(given);
			const people = await onDatabase(({ client }) => listPeople(client, { email: null, supplier }));
			return printList(args, people, 'There is no person. Add one with `user add`.');
		}
	},
	'user show': {
		args: '<EMAIL>',
		summary: 'Shows one person.',
		example: 'user show kim@brightwell.example',
		async run(args) {
			const email = readEmail(args.words[0]);
			const [person] = await onDatabase(({ client }) => listPeople(client, { email, supplier: null }));
			if (!person) throw unknownPerson(email);
			return printFacts(args, person);
		}
	},
	'user role': {
		args: '<EMAIL> <ROLE>',
		summary: 'Gives a person another role, and with --supplier another Supplier.',
		details: [`The roles are those of \`user add\`.`],
		options: [["--supplier <SLUG|'*'>", 'the Supplier that the person works for from now on']],
		example: 'user role kim@brightwell.example lead',
		async run(args) {
			const email = readEmail(args.words[0]);
			const given = optional(args, 'supplier');
			const { role, supplier } = await onDatabase(async ({ client }) => {
				const [person] = await listPeople(client, { email, supplier: null });
				if (!person) throw unknownPerson(email);
				const supplier = given === undefined ? (person.supplier ?? '*') : readOwner(given);
				const role = readRole(args.words[1]!, supplier);
				await setRole(client, email, { role, supplierId: await ownerIdOf(client, supplier) });
				return { role, supplier };
			});
			return print(
				args,
				{ email, role, supplier },
				`${email} is ${role} of ${supplier === '*' ? 'the installation' : supplier} now.`
			);
		}
	},
	'user reset-password': {
		args: '<EMAIL>',
		summary: 'Sets a new password, and ends the sessions of the person.',
		details: [PASSWORD_RULE],
		options: PASSWORD_OPTIONS,
		example: 'user reset-password kim@brightwell.example --password-stdin < new-password',
		async run(args) {
			const email = readEmail(args.words[0]);
			const { password, isMade } = await readPassword(args);
			if (!(await onDatabase(({ auth }) => auth.setPassword(email, password)))) throw unknownPerson(email);
			return print(
				args,
				{ email, ...(isMade ? { password } : {}) },
				isMade ? `${email} has the new password ${password}` : `${email} has the new password.`
			);
		}
	},
	'user disable': {
		args: '<EMAIL>',
		summary: 'Ends the sessions and live connections of a person, and refuses new ones.',
		details: ['The decisions of the person stay. `user enable` lets the person in again.'],
		example: 'user disable kim@brightwell.example',
		run: (args) => setDisabled(args, true)
	},
	'user enable': {
		args: '<EMAIL>',
		summary: 'Lets a disabled person sign in again.',
		example: 'user enable kim@brightwell.example',
		run: (args) => setDisabled(args, false)
	}
};

/** Says that a person is known, and which verbs change the person. */
export const alreadyKnown = (email: string): string =>
	`${email} is known already, and nothing was changed. Use \`user reset-password ${email}\` or \`user role ${email} ROLE\``;

const unknownPerson = (email: string): Error =>
	new Error(`Nobody has the e-mail address ${email}; \`user list\` lists the people`);

/** Reads a role of people of this Supplier; `'*'`: of the installation. */
export function readRole(text: string, supplier: string): MemberRole {
	const roles: readonly string[] = rolesOf(supplier === '*' ? null : 0);
	if (!roles.includes(text))
		throw new UsageError(
			`The role must be one of ${roles.join(', ')} for ${supplier === '*' ? 'the installation' : 'a Supplier'}`
		);
	return text as MemberRole;
}

async function setDisabled(args: Arguments, disabled: boolean): Promise<number> {
	const email = readEmail(args.words[0]);
	if (!(await onDatabase(({ client }) => setPersonDisabled(client, email, disabled))))
		throw unknownPerson(email);
	return print(
		args,
		{ email, disabled },
		disabled ? `${email} is disabled and has no session.` : `${email} may sign in again.`
	);
}
