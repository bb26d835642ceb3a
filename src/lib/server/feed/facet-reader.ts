// Counts the facets of a list of Alerts in a limited time. It reads the Alerts in chunks, the newest first, and keeps what it
// has counted when the time is over.
import type pg from 'pg';
import {
	FACETS,
	MAX_FACET_VALUES,
	type AlertFacets,
	type Facet,
	type FacetCounts,
	type FacetFilters
} from '#lib/domain/alert-facets.ts';
import { describeAlert } from '#lib/domain/alert-code.ts';
import { euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { asSupplierWithin, limitTime } from '#lib/server/postgres/time-limit.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';
import { chunkQuery, type Bounds, type ChunkCount } from './facet-chunk.ts';
import { presentDevice } from './present-device.ts';

const LIMITS = { seconds: 6, chunk: 20_000 };
/** The time that is left for the names of Users. */
const RESERVE_SECONDS = 0.5;

export type FacetReader = ReturnType<typeof createFacetReader>;

type Counts = Map<string, { alerts: number; example: string }>;
interface Tally {
	total: number;
	counts: Record<Facet, Counts>;
	/** The model and the firmware of the Devices that were looked up. */
	devices: Map<string, { model: string | null; firmware: string | null }>;
}

export function createFacetReader(pool: pg.Pool, limits = LIMITS) {
	return {
		async of(supplierId: number, filters: FacetFilters, now = Date.now()): Promise<AlertFacets> {
			const tally: Tally = {
				total: 0,
				counts: Object.fromEntries(FACETS.map((facet) => [facet, new Map()])) as Record<Facet, Counts>,
				devices: new Map()
			};
			const end = performance.now() + (limits.seconds - RESERVE_SECONDS) * 1000;
			const isComplete = await asSupplierWithin(pool, supplierId, limits.seconds, (client) =>
				countAll(client, { supplierId, filters, now, end, chunk: limits.chunk }, tally)
			);
			const users = sorted(tally.counts.user).slice(0, MAX_FACET_VALUES);
			const names = await asSupplier(pool, supplierId, (client) => readNames(client, supplierId, users));
			return {
				total: tally.total,
				atLeast: isComplete !== true,
				facets: Object.fromEntries(
					FACETS.map((facet) => [facet, toCounts(facet, tally.counts[facet], names)])
				) as AlertFacets['facets']
			};
		}
	};
}

/** Counts chunk by chunk. Returns whether all Alerts were read before `end` (a time of `performance.now`). */
async function countAll(
	client: pg.ClientBase,
	{
		supplierId,
		filters,
		now,
		end,
		chunk
	}: { supplierId: number; filters: FacetFilters; now: number; end: number; chunk: number },
	tally: Tally
): Promise<boolean> {
	// An index finds the Alerts of one Device or one episode, however old. They need no chunks.
	const isFew = filters.device !== undefined || filters.episode !== undefined;
	for (let before: bigint | null = null; ;) {
		const left = (end - performance.now()) / 1000;
		if (left <= 0) return false;
		await limitTime(client, left);
		const { rows: edge } = isFew
			? { rows: [] }
			: await client.query<{ alert_id: bigint }>(
					EDGE({ supplierId, before: before ?? MAX_ID, skip: chunk - 1 })
				);
		const bounds: Bounds = { low: edge[0]?.alert_id ?? 0n, before };
		const { rows } = await client.query<ChunkCount>(chunkQuery(supplierId, filters, bounds, now));
		await addChunk(client, supplierId, rows, tally);
		if (bounds.low === 0n) return true;
		before = bounds.low;
	}
}

async function addChunk(
	client: pg.ClientBase,
	supplierId: number,
	rows: readonly ChunkCount[],
	tally: Tally
): Promise<void> {
	const byDevice = (facet: ChunkCount['facet']): boolean => ['device', 'model', 'firmware'].includes(facet);
	const named = rows.filter(({ facet }) => byDevice(facet)).map(({ value }) => value);
	const unknown = [...new Set(named)].filter((id) => !tally.devices.has(id));
	if (unknown.length > 0) {
		const { rows: found } = await client.query<{
			place: number;
			model: string | null;
			firmware: string | null;
		}>(DEVICES({ supplierId, deviceIds: unknown.map(euiToBytes) }));
		for (const id of unknown) tally.devices.set(id, { model: null, firmware: null });
		for (const { place, model, firmware } of found)
			tally.devices.set(unknown[place - 1]!, { model, firmware });
	}
	for (const { facet, value, alerts, example } of rows)
		if (facet === 'total') tally.total += alerts;
		else if (facet === 'device' || facet === 'model' || facet === 'firmware')
			for (const attribute of facet === 'device' ? (['model', 'firmware'] as const) : [facet]) {
				const held = tally.devices.get(value)![attribute];
				if (held !== null) add(tally.counts[attribute], held, alerts, example);
			}
		else add(tally.counts[facet], value, alerts, example);
}

function add(counts: Counts, value: string, alerts: number, example: string): void {
	const known = counts.get(value);
	if (known) known.alerts += alerts;
	else counts.set(value, { alerts, example });
}

const sorted = (counts: Counts) =>
	[...counts]
		.map(([value, count]) => ({ value, ...count }))
		.sort((a, b) => b.alerts - a.alerts || (a.value < b.value ? -1 : 1));

function toCounts(facet: Facet, counts: Counts, userNames: ReadonlyMap<string, string>): FacetCounts {
	const nameOf = (value: string): string | null => {
		if (facet === 'user') return userNames.get(value) ?? null;
		if (facet !== 'code') return null;
		const { name, known } = describeAlert({ kind: /^8/.test(value) ? 'device' : 'dcc', code: value });
		return known ? name : null;
	};
	return {
		values: sorted(counts)
			.slice(0, MAX_FACET_VALUES)
			.map(({ value, alerts }) => ({ value, name: nameOf(value), alerts })),
		more: counts.size > MAX_FACET_VALUES
	};
}

/** Reads the name of each User from one of its Alerts, as far as the Supplier may know it. */
async function readNames(
	client: pg.ClientBase,
	supplierId: number,
	users: ReadonlyArray<{ example: string }>
): Promise<Map<string, string>> {
	if (users.length === 0) return new Map();
	const { rows } = await client.query<{ user_id: string; name: string }>(
		NAMES({ supplierId, ids: [...new Set(users.map(({ example }) => example))] })
	);
	return new Map(rows.map((row) => [row.user_id, row.name]));
}

const MAX_ID = 2n ** 63n - 1n;

const EDGE = query(`
select alert_id from supplier_alert where supplier_id = :supplierId and alert_id < :before
order by alert_id desc offset :skip limit 1`);

const DEVICES = query(`
select t.place::int, d.model, d.firmware
from unnest(:deviceIds::bytea[]) with ordinality as t(device_id, place)
cross join lateral (${presentDevice('t.device_id')}) d`);

const NAMES = query(`
select c->>'userId' as user_id, max(c->>'userName') as name
from supplier_alert cross join lateral json_array_elements(body->'candidates') c
where supplier_id = :supplierId and alert_id = any(:ids::bigint[]) and c->>'userName' is not null
group by 1`);
