// Defines the cause table: which Service Requests can cause which Alert, in which window, from which role and with
// which outcome. Reads the table that the product ships.
import { z } from 'zod';
import data from '../knowledge/causes.json' with { type: 'json' };
import { changesCredentials, variantTable } from '../service-reference-variant.ts';

/** The greatest length of a guidance or a mechanism, in characters. */
const MAX_TEXT = 240;

const variants = new Set(variantTable.variants.map((row) => row.code));

/**
 * The roles of senders. IS, ES and GS are Suppliers, ED and GT network operators, RSA agents, OU Other Users and LC
 * load controllers. COS is the change of Supplier party, and DCC the DCC itself.
 */
export const Role = z.enum(['IS', 'GS', 'ES', 'ED', 'GT', 'RSA', 'OU', 'LC', 'COS', 'DCC']);
export type Role = z.infer<typeof Role>;

export const Cause = z
	.strictObject({
		id: z.string(),
		variants: z
			.array(z.string().refine((code) => variants.has(code), { error: 'is not in the table of SRVs' }))
			.min(1),
		/** The roles whose requests can be the cause. An empty list means any role. */
		roles: z.array(Role),
		/**
		 * The outcome that the request must have. `none` in a value means that there is no answer, or no response yet.
		 */
		outcome: z.enum(['any', 'failure', 'failure-or-none', 'success-or-none']),
		/**
		 * Which Devices the request may go to. `same-hub`: a request to another Device of the home network can be the
		 * cause too.
		 */
		relation: z.enum(['same-device', 'same-hub']),
		/** For `same-hub`: the types that the other Device may have. An empty list means any type. */
		targetTypes: z.array(z.string()),
		/**
		 * The anchor of the delay. `executed`: the execution of a future-dated request, or else the response or the
		 * request.
		 */
		anchor: z.enum(['executed', 'responded-or-requested', 'requested']),
		/**
		 * The window of the delay, which is the Alert's time minus the anchor. A negative minimum means that the Alert
		 * may come first (site visits).
		 */
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
		/** The score from 0 to 1, before the delay is weighed. */
		prior: z.number().min(0).max(1),
		/**
		 * How sure the link between cause and Alert is. `circumstantial`: a shared event and not a cause. A
		 * circumstantial candidate is never more than weak.
		 */
		confidence: z.enum(['specification', 'strong', 'weak', 'circumstantial']),
		mechanism: z.string().min(1).max(MAX_TEXT)
	})
	.refine((c) => c.minSeconds <= c.typicalSeconds && c.typicalSeconds <= c.maxSeconds, {
		error: 'must be in order: earliest, typical, latest'
	});
export type Cause = z.infer<typeof Cause>;

export const CauseEntry = z.strictObject({
	/** A Device Alert code, an N-code, or `payload:` and the child element of DCCAlert. */
	alert: z.string(),
	/** What a controller does next for this Alert. `null`: the table gives no guidance. */
	guidance: z.string().max(MAX_TEXT).nullable(),
	causes: z.array(Cause)
});
export type CauseEntry = z.infer<typeof CauseEntry>;

/** A cause table as stored, in the file that the product ships and in each version in the database. */
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
	/** For each SRV, the effect window: the time around a request in which the request can explain Alerts. */
	effectWindows: ReadonlyMap<string, EffectWindow>;
}

/** The largest window of all causes that list one SRV, counted from the anchor of the request. */
interface EffectWindow {
	beforeSeconds: number;
	afterSeconds: number;
	/** Whether the request can also explain Alerts of other Devices of the home network. */
	hub: boolean;
}

/** Checks a table and prepares the table for look-ups. Throws a ZodError that names the faulty entry and field. */
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

/**
 * Computes the effect window of each SRV. A request that changes credentials also affects the Alerts of every cause
 * that depends on a credential change.
 */
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

/** The content of the table file that the product ships. */
export const shippedFile: CauseFile = CauseFile.parse(data);

/** The cause table that the product starts with. */
export const causeTable: CauseTable = readCauseTable(shippedFile);

/** Returns the entry of an Alert. For a DCC Alert, looks first for the child element of DCCAlert, then for the code. */
export function causesOf(
	table: CauseTable,
	alert: { code: string; dccPayload?: string | null }
): CauseEntry | undefined {
	return (
		(alert.dccPayload ? table.entries.get(`payload:${alert.dccPayload}`) : undefined) ??
		table.entries.get(alert.code)
	);
}

/** Returns the causes in the entry that list this SRV. Returns `undefined` if the table has no entry for the Alert. */
export const causesListing = (entry: CauseEntry | undefined, variant: string): Cause[] | undefined =>
	entry?.causes.filter(({ variants }) => variants.includes(variant));

/** Returns the effect window of an SRV. Returns `null` if no cause of the table lists the SRV. */
export const effectWindowOf = (table: CauseTable, variant: string): EffectWindow | null =>
	table.effectWindows.get(variant) ?? null;
