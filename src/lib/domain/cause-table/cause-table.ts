// Defines the cause table: which Service Requests can cause which Alert, in which window, from which role and with which
// outcome. Also reads the table that the product ships.
import { z } from 'zod';
import data from '../knowledge/causes.json' with { type: 'json' };
import { changesCredentials, variantTable } from '../service-reference-variant.ts';

const variants = new Set(variantTable.variants.map((row) => row.code));

/**
 * IS/ES/GS Suppliers, ED/GT network operators, RSA agents, OU Other Users, LC load controllers, COS the change of
 * Supplier party, and the DCC itself.
 */
export const Role = z.enum(['IS', 'GS', 'ES', 'ED', 'GT', 'RSA', 'OU', 'LC', 'COS', 'DCC']);
export type Role = z.infer<typeof Role>;

export const Cause = z
	.strictObject({
		id: z.string(),
		variants: z
			.array(z.string().refine((code) => variants.has(code), { error: 'is not in the table of SRVs' }))
			.min(1),
		/** Eligible roles. Empty means any role. */
		roles: z.array(Role),
		/** The required outcome. `none` means no answer, or no response yet. */
		outcome: z.enum(['any', 'failure', 'failure-or-none', 'success-or-none']),
		/** `same-hub`: a request to another Device of the home network can be the cause too. */
		relation: z.enum(['same-device', 'same-hub']),
		/** Eligible types of that other Device. Empty means any type. */
		targetTypes: z.array(z.string()),
		/** `executed` counts from the execution time of a future-dated request, else from its response or request. */
		anchor: z.enum(['executed', 'responded-or-requested', 'requested']),
		/** The window of the delay: Alert time minus anchor. A negative minimum: the Alert may come first (site visits). */
		minSeconds: z.number().int(),
		typicalSeconds: z.number().int(),
		maxSeconds: z.number().int(),
		condition: z
			.strictObject({
				kind: z.enum(['change-of-supplier', 'credential-change']),
				beforeDays: z.number(),
				afterDays: z.number()
			})
			.nullable(),
		/** Score from 0 to 1, before the delay is weighed. */
		prior: z.number().min(0).max(1),
		/** `circumstantial`: a shared event, not a cause. Such a candidate is never more than weak. */
		confidence: z.enum(['specification', 'strong', 'weak', 'circumstantial']),
		mechanism: z.string().min(1).max(160)
	})
	.refine((c) => c.minSeconds <= c.typicalSeconds && c.typicalSeconds <= c.maxSeconds, {
		error: 'must be in order: earliest, typical, latest'
	});
export type Cause = z.infer<typeof Cause>;

export const CauseEntry = z.strictObject({
	/** A Device Alert code, an N-code, or `payload:` and the child element of DCCAlert. */
	alert: z.string(),
	/** What a controller does next. */
	guidance: z.string().max(160).nullable(),
	causes: z.array(Cause)
});
export type CauseEntry = z.infer<typeof CauseEntry>;

/** A table as it is stored: the file that the product ships, and every version in the database. */
export const CauseFile = z.strictObject({
	version: z.string(),
	entries: z.array(CauseEntry),
	/** Alerts that no command can cause, with the reason. */
	notCommand: z.array(z.strictObject({ why: z.string(), alerts: z.array(z.string()).min(1) }))
});
export type CauseFile = z.infer<typeof CauseFile>;

export interface CauseTable {
	version: string;
	entries: ReadonlyMap<string, CauseEntry>;
	notCommand: ReadonlyMap<string, string>;
	/** By SRV: where the Alerts lie that a request of this SRV can explain. */
	effectWindows: ReadonlyMap<string, EffectWindow>;
}

/** The largest window of all causes that list one SRV, counted from the request's anchor. */
interface EffectWindow {
	beforeSeconds: number;
	afterSeconds: number;
	/** Whether the request can also explain Alerts of other Devices of the home network. */
	hub: boolean;
}

/** Checks a table. Throws a ZodError that names the entry and the field. */
export function readCauseTable(file: unknown): CauseTable {
	const { version, entries, notCommand } = CauseFile.parse(file);
	return {
		version,
		entries: new Map(entries.map((entry) => [entry.alert, entry])),
		notCommand: new Map(
			notCommand.flatMap(({ why, alerts }) => alerts.map((alert) => [alert, why] as const))
		),
		effectWindows: effectWindowsOf(entries.flatMap((entry) => entry.causes))
	};
}

/** A request that changes credentials also affects the Alerts of every cause that depends on such a change. */
function effectWindowsOf(causes: readonly Cause[]): Map<string, EffectWindow> {
	const windows = new Map<string, EffectWindow>();
	for (const cause of causes) {
		const credentialVariants =
			cause.condition?.kind === 'credential-change' ? [...variants].filter(changesCredentials) : [];
		for (const variant of new Set([...cause.variants, ...credentialVariants])) {
			const known = windows.get(variant) ?? { beforeSeconds: 0, afterSeconds: 0, hub: false };
			windows.set(variant, {
				beforeSeconds: Math.max(known.beforeSeconds, -cause.minSeconds),
				afterSeconds: Math.max(
					known.afterSeconds,
					cause.maxSeconds,
					credentialVariants.includes(variant) ? cause.condition!.beforeDays * 86_400 : 0
				),
				hub: known.hub || cause.relation === 'same-hub'
			});
		}
	}
	return windows;
}

/** The file that the product ships. */
export const shippedFile: CauseFile = CauseFile.parse(data);

/** The table that the product starts with. */
export const causeTable: CauseTable = readCauseTable(shippedFile);

/** The entry of an Alert: for a DCC Alert first by the child element, then by its code. */
export function causesOf(
	table: CauseTable,
	alert: { code: string; dccPayload?: string | null }
): CauseEntry | undefined {
	return (
		(alert.dccPayload ? table.entries.get(`payload:${alert.dccPayload}`) : undefined) ??
		table.entries.get(alert.code)
	);
}

/** The causes in the entry that list this SRV. `undefined` if the table has no entry for the Alert. */
export const causesListing = (entry: CauseEntry | undefined, variant: string): Cause[] | undefined =>
	entry?.causes.filter(({ variants }) => variants.includes(variant));

/** The effect window of an SRV. `null` if no cause of the table lists the SRV. */
export const effectWindowOf = (table: CauseTable, variant: string): EffectWindow | null =>
	table.effectWindows.get(variant) ?? null;
