// Describes Alert codes: name, category, priority, and whether any command can cause an Alert of that code.
import { z } from 'zod';
import type { CauseTable } from './cause-table/cause-table.ts';
import codeData from './knowledge/alert-codes.json' with { type: 'json' };
import dccData from './knowledge/dcc-alerts.json' with { type: 'json' };

const Priority = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]);

const DeviceAlertTable = z.object({
	version: z.iso.date(),
	codes: z.array(
		z.strictObject({
			code: z.string().regex(/^8[0-9A-F]{3}$/),
			name: z.string(),
			category: z.string(),
			critical: z.boolean(),
			priority: Priority,
			/**
			 * Whether the Alert means that somebody touched the meter. A command that was only near in time never
			 * explains such an Alert.
			 */
			physical: z.literal(true).optional(),
			devices: z.array(z.string()),
			basis: z.enum(['verified', 'inferred'])
		})
	)
});

// The child element of DCCAlert identifies the kind of a DCC Alert. No source confirms the meaning of most N-codes, so
// people see only the raw code. `payload` is the child element of a code; it is set where code and element are known to
// belong together.
const DccAlertTable = z.object({
	version: z.iso.date(),
	payloads: z.array(
		z.strictObject({ payload: z.string(), name: z.string(), category: z.string(), priority: Priority })
	),
	codes: z.array(
		z.strictObject({ code: z.string().regex(/^(AD1|N\d{1,3})$/), payload: z.string().optional() })
	)
});

export const deviceAlertTable = DeviceAlertTable.parse(codeData);
export const dccAlertTable = DccAlertTable.parse(dccData);

const byCode = new Map(deviceAlertTable.codes.map((row) => [row.code, row]));
const byPayload = new Map(dccAlertTable.payloads.map((row) => [row.payload, row]));
const payloadOfCode = new Map(dccAlertTable.codes.map((row) => [row.code, row.payload]));

export interface AlertDescription {
	code: string;
	name: string;
	category: string;
	critical: boolean;
	/** The priority: 1 means act first, 4 means journal only. */
	priority: 1 | 2 | 3 | 4;
	/** Whether the tables of Alert codes list this code. */
	known: boolean;
	physical: boolean;
}

/**
 * Describes the code of an Alert. Never throws: a code that is in no table is described as unknown, with priority 2.
 */
export function describeAlert(alert: {
	kind: 'device' | 'dcc';
	code: string;
	dccPayload?: string | null;
}): AlertDescription {
	return alert.kind === 'dcc'
		? describeDccAlert(alert.code, alert.dccPayload ?? null)
		: describeDeviceAlert(alert.code);
}

function describeDeviceAlert(code: string): AlertDescription {
	const row = byCode.get(code);
	if (!row) return unknown(code);
	const { name, category, critical, priority, physical = false } = row;
	return { code, name, category, critical, priority, known: true, physical };
}

function describeDccAlert(code: string, dccPayload: string | null): AlertDescription {
	const payload = dccPayload ?? payloadOfCode.get(code) ?? null;
	const row = payload === null ? undefined : byPayload.get(payload);
	if (!row) return { ...unknown(code), known: payload === null && payloadOfCode.has(code) };
	return {
		code,
		name: row.name,
		category: row.category,
		critical: false,
		priority: row.priority,
		known: true,
		physical: false
	};
}

/** Returns the reason of the cause table why no command can cause this Alert. Returns `null` if a command can. */
export function whyNotCommand(
	alert: { kind: 'device' | 'dcc'; code: string; dccPayload?: string | null },
	{ notCommand }: CauseTable
): string | null {
	const payload = alert.kind === 'dcc' ? (alert.dccPayload ?? payloadOfCode.get(alert.code)) : undefined;
	return (payload ? notCommand.get(`payload:${payload}`) : undefined) ?? notCommand.get(alert.code) ?? null;
}

const unknown = (code: string): AlertDescription => ({
	code,
	name: `Unknown Alert code ${code}`,
	category: 'unknown',
	critical: false,
	priority: 2,
	known: false,
	physical: false
});
