// Implements the verbs about Suppliers: add, list, show, disable and enable.
import {
	listSuppliers,
	saveSupplier,
	setSupplierDisabled,
	type SavedSupplier
} from '#lib/server/access/administration.ts';
import { onDatabase } from './database.ts';
import { readSlug, readUserIds } from './values.ts';
import { optional, print, printFacts, printList, type Arguments, type Verb } from './verb.ts';

export const supplierVerbs: Record<string, Verb> = {
	'supplier add': {
		args: '<SLUG>',
		summary: 'Adds a Supplier, or changes the name of a known Supplier and adds User IDs to it.',
		details: ['SLUG is a short lower-case name. A User ID can belong to one Supplier only.'],
		options: [
			['--name <NAME>', 'the name for people; a new Supplier without it is named SLUG'],
			['--user-ids <EUI,...>', 'the EUI-64 User IDs of the Supplier, separated by commas']
		],
		example: 'supplier add brightwell --name "Brightwell Energy" --user-ids 90-B3-D5-1F-30-01-00-01',
		async run(args) {
			const slug = readSlug(args.words[0]);
			const userIds = readUserIds(optional(args, 'user-ids'));
			const saved = await onDatabase(({ client }) =>
				saveSupplier(client, { slug, name: optional(args, 'name'), userIds })
			);
			const { name, isNew, addedUserIds } = saved;
			return print(
				args,
				{ supplier: slug, name, userIds, new: isNew, addedUserIds },
				whatWasSaved(slug, saved)
			);
		}
	},
	'supplier list': {
		summary: 'Lists the Suppliers with their User IDs, and the numbers of their people and keys.',
		example: 'supplier list --json',
		run: async (args) =>
			printList(
				args,
				await onDatabase(({ client }) => listSuppliers(client, null)),
				'There is no Supplier. Make one with: npm run causeway -- init'
			)
	},
	'supplier show': {
		args: '<SLUG>',
		summary: 'Shows one Supplier.',
		example: 'supplier show brightwell',
		async run(args) {
			const slug = readSlug(args.words[0]);
			const [facts] = await onDatabase(({ client }) => listSuppliers(client, slug));
			if (!facts) throw new Error(`Supplier "${slug}" is not known; \`supplier list\` lists the known ones`);
			return printFacts(args, facts);
		}
	},
	'supplier disable': {
		args: '<SLUG>',
		summary: 'Refuses the people and the keys of a Supplier, and ends their sessions and live connections.',
		details: [
			'Records of its Devices are still stored. `supplier enable` lets its people and keys in again.'
		],
		example: 'supplier disable brightwell',
		run: (args) => setDisabled(args, true)
	},
	'supplier enable': {
		args: '<SLUG>',
		summary: 'Lets the people and the keys of a disabled Supplier in again.',
		example: 'supplier enable brightwell',
		run: (args) => setDisabled(args, false)
	}
};

/** Says what `saveSupplier` did. */
export function whatWasSaved(
	slug: string,
	{ name, isNew, renamedFrom, addedUserIds }: SavedSupplier
): string {
	const count = addedUserIds.length;
	const ids = `${count} User ID${count === 1 ? '' : 's'}`;
	if (isNew) return `Added Supplier ${slug} (${name}) with ${ids}.`;
	const changes = [
		...(renamedFrom === null ? [] : [`changed the name from "${renamedFrom}"`]),
		...(count === 0 ? [] : [`added ${ids}`])
	];
	return `Supplier ${slug} (${name}) is already there; ${changes.join(' and ') || 'nothing changed'}.`;
}

async function setDisabled(args: Arguments, disabled: boolean): Promise<number> {
	const slug = readSlug(args.words[0]);
	const changed = await onDatabase(({ client }) => setSupplierDisabled(client, slug, disabled));
	const state = disabled ? 'disabled' : 'enabled';
	return print(
		args,
		{ supplier: slug, disabled, changed },
		`Supplier ${slug} ${changed ? 'is' : 'was already'} ${state}.`
	);
}
