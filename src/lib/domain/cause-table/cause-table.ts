// The cause table: which Service Requests can cause which Alert, in which window, by which role, with which outcome.
import { z } from 'zod';
import data from '../knowledge/causes.json' with { type: 'json' };
import { changesCredentials, variantTable } from '../service-reference-variant.ts';

const variants = new Set(variantTable.variants.map((row) => row.code));

/** IS/ES/GS Suppliers, ED/GT network operators, RSA agents, OU Other Users, LC load controller, COS and DCC itself. */
export const Role = z.enum(['IS', 'GS', 'ES', 'ED', 'GT', 'RSA', 'OU', 'LC', 'COS', 'DCC']);
export type Role = z.infer<typeof Role>;

export const Cause = z
	.strictObject({
		id: z.string(),
		variants: z
			.array(z.string().refine((code) => variants.has(code), { error: 'is not in the table of SRVs' }))
			.min(1),
		/** Eligible roles; none = any. */
		roles: z.array(Role),
		/** What the response must be. `failure-or-none`: a success speaks against this cause; `success-or-none`: a failure. */
		outcome: z.enum(['any', 'failure', 'failure-or-none', 'success-or-none']),
		/** `same-hub`: also a request to another Device of the home network. */
		relation: z.enum(['same-device', 'same-hub']),
		/** Types of that other Device; none = any. */
		targetTypes: z.array(z.string()),
		/** `executed` counts from the execution time of a future-dated request, else from its response or request. */
		anchor: z.enum(['executed', 'responded-or-requested', 'requested']),
		/** Alert time minus anchor. A negative minimum: the Alert may come first (site visits). */
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
		/** 0..1 before the time is weighed. */
		prior: z.number().min(0).max(1),
		/** `circumstantial`: a shared event, no cause; never more than weak. */
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

/** A table as it is kept: the file that the product ships, and every version in the database. */
export const CauseFile = z.strictObject({
	version: z.string(),
	entries: z.array(CauseEntry),
	/** Codes that no command can cause, with the reason. */
	notCommand: z.array(z.strictObject({ why: z.string(), alerts: z.array(z.string()).min(1) }))
});
export type CauseFile = z.infer<typeof CauseFile>;

export interface CauseTable {
	version: string;
	entries: ReadonlyMap<string, CauseEntry>;
	notCommand: ReadonlyMap<string, string>;
	/** By SRV: how far around its anchor the Alerts lie that it can cause. */
	reach: ReadonlyMap<string, Reach>;
}

export interface Reach {
	beforeSeconds: number;
	afterSeconds: number;
	/** Whether Alerts of other Devices of the home network may be its effect. */
	hub: boolean;
}

/** Checks a table; throws an error that names the entry and the field. */
export function readCauseTable(file: unknown): CauseTable {
	const { version, entries, notCommand } = CauseFile.parse(file);
	const reach = new Map<string, Reach>();
	for (const cause of entries.flatMap((entry) => entry.causes)) {
		const rotations =
			cause.condition?.kind === 'credential-change' ? [...variants].filter(changesCredentials) : [];
		for (const variant of new Set([...cause.variants, ...rotations])) {
			const known = reach.get(variant) ?? { beforeSeconds: 0, afterSeconds: 0, hub: false };
			reach.set(variant, {
				beforeSeconds: Math.max(known.beforeSeconds, -cause.minSeconds),
				afterSeconds: Math.max(
					known.afterSeconds,
					cause.maxSeconds,
					rotations.includes(variant) ? cause.condition!.beforeDays * 86_400 : 0
				),
				hub: known.hub || cause.relation === 'same-hub'
			});
		}
	}
	return {
		version,
		entries: new Map(entries.map((entry) => [entry.alert, entry])),
		notCommand: new Map(
			notCommand.flatMap(({ why, alerts }) => alerts.map((alert) => [alert, why] as const))
		),
		reach
	};
}

/** The file that the product ships. */
export const shippedFile: CauseFile = CauseFile.parse(data);

/** The table that the product starts with. */
export const causeTable: CauseTable = readCauseTable(shippedFile);

/** The row of an Alert: a DCC Alert by the child element first, then by its code. */
export function causesOf(
	table: CauseTable,
	alert: { code: string; dccPayload?: string | null }
): CauseEntry | undefined {
	return (
		(alert.dccPayload ? table.entries.get(`payload:${alert.dccPayload}`) : undefined) ??
		table.entries.get(alert.code)
	);
}

/** The causes of an Alert that list this SRV; `undefined` where the table has no row for it. */
export const causesListing = (entry: CauseEntry | undefined, variant: string): Cause[] | undefined =>
	entry?.causes.filter(({ variants }) => variants.includes(variant));

export const reachOf = (table: CauseTable, variant: string): Reach | null => table.reach.get(variant) ?? null;
