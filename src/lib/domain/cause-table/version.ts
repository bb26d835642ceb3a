// Defines a version of the cause table: its status, who drafted, proposed and activated it, and its content.
import { z } from 'zod';
import { RowVersion } from '../record-id.ts';
import { CauseFile } from './cause-table.ts';

/**
 * The name of a version of the cause table. The product ships versions with a plain date as name. Versions that people
 * make have the date and a counter.
 */
export const Version = z
	.string()
	.regex(/^\d{4}-\d{2}-\d{2}(\.\d{1,4})?$/, 'is not a version of the cause table');

export const VersionStatus = z.enum(['draft', 'proposed', 'active', 'retired']);
export type VersionStatus = z.infer<typeof VersionStatus>;

/** Returns the next free version name of a day: `2026-11-24.1`, `2026-11-24.2`. */
export function nextVersion(day: string, existing: Iterable<string>): string {
	const counters = [...existing].flatMap((version) =>
		version.startsWith(`${day}.`) ? [Number(version.slice(day.length + 1))] : []
	);
	return `${day}.${Math.max(0, ...counters) + 1}`;
}

const Step = z.object({ by: z.string(), at: z.string() });

const summary = {
	version: Version,
	status: VersionStatus,
	/**
	 * Counts how often the version was saved. A person who saves the version sends the revision that this person read.
	 */
	revision: z.number().int(),
	basedOn: z.string().nullable(),
	note: z.string().nullable(),
	/** Whether this version came with the product. */
	shipped: z.boolean(),
	drafted: Step,
	/**
	 * Who proposed the version, and when. `you`: the reader proposed the version and therefore may not activate it.
	 * `null`: nobody has proposed the version.
	 */
	proposed: Step.extend({ you: z.boolean() }).nullable(),
	activated: Step.nullable(),
	/**
	 * Whether people of the reader's Supplier may change this version, or people of the installation if the reader is
	 * of the installation.
	 */
	changeable: z.boolean()
};

export const TableSummary = z.object(summary);
export type TableSummary = z.infer<typeof TableSummary>;

export const TableVersion = z.object({
	...summary,
	/** Every step in the life of the version, oldest step first. */
	history: z.array(Step.extend({ what: z.string() })),
	body: CauseFile
});
export type TableVersion = z.infer<typeof TableVersion>;

export const TableList = z.object({
	active: TableSummary,
	/** The other versions, newest version first. */
	others: z.array(TableSummary)
});
export type TableList = z.infer<typeof TableList>;

/**
 * A draft as a client saves it: a new draft, or the next revision of a stored draft. `checkCauseTable` checks the field
 * `body`.
 */
export const DraftIn = z.strictObject({
	version: Version.nullish(),
	revision: RowVersion.nullish(),
	basedOn: Version,
	note: z.string().trim().max(500).nullish(),
	body: z.object({ entries: z.unknown(), notCommand: z.unknown() })
});
export type DraftIn = z.infer<typeof DraftIn>;
