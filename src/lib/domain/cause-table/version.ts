// A version of the cause table: who drafted, proposed and activated it, and what it holds.
import { z } from 'zod';
import { CauseFile } from './cause-table.ts';

/** A date, with a counter for what people made that day. The product ships plain dates. */
export const Version = z
	.string()
	.regex(/^\d{4}-\d{2}-\d{2}(\.\d{1,4})?$/, 'is not a version of the cause table');

export const VersionStatus = z.enum(['draft', 'proposed', 'active', 'retired']);
export type VersionStatus = z.infer<typeof VersionStatus>;

/** The next free version of a day: `2026-11-24.1`, `2026-11-24.2`. */
export function nextVersion(day: string, taken: Iterable<string>): string {
	const counters = [...taken].flatMap((version) =>
		version.startsWith(`${day}.`) ? [Number(version.slice(day.length + 1))] : []
	);
	return `${day}.${Math.max(0, ...counters) + 1}`;
}

/** The members who may change the table; the others read it. */
export const EDITOR_ROLES: readonly string[] = ['lead', 'officer', 'engineer'];

const Step = z.object({ by: z.string(), at: z.string() });

const summary = {
	version: Version,
	status: VersionStatus,
	/** Counts the times that it was saved: whoever saves names the one they read. */
	revision: z.number().int(),
	basedOn: z.string().nullable(),
	note: z.string().nullable(),
	/** Whether it came with the product. */
	shipped: z.boolean(),
	drafted: Step,
	/** `you`: by whoever asks, who is not the one to activate it. */
	proposed: Step.extend({ you: z.boolean() }).nullable(),
	activated: Step.nullable()
};

export const TableSummary = z.object(summary);
export type TableSummary = z.infer<typeof TableSummary>;

export const TableVersion = z.object({
	...summary,
	/** Everything that was done to it, oldest first. */
	history: z.array(Step.extend({ what: z.string() })),
	body: CauseFile
});
export type TableVersion = z.infer<typeof TableVersion>;

export const TableList = z.object({
	active: TableSummary,
	/** Newest first. */
	others: z.array(TableSummary)
});
export type TableList = z.infer<typeof TableList>;

/** A draft to save: a new one, or the next revision of one that is there. The table in it is checked by itself. */
export const DraftIn = z.strictObject({
	version: Version.nullish(),
	revision: z.number().int().nullish(),
	basedOn: Version,
	note: z.string().trim().max(500).nullish(),
	body: z.object({ entries: z.unknown(), notCommand: z.unknown() })
});
export type DraftIn = z.infer<typeof DraftIn>;
