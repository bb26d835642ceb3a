// Stores channels: their settings as JSON, and their secrets sealed. Opens a stored channel for a try.
import type pg from 'pg';
import { CANNOT_OPEN, type Seal } from '#lib/server/access/seal.ts';
import { query, statement } from '#lib/server/postgres/statement.ts';
import type { ChannelKind } from './channel.ts';
import { kindOf } from './kinds.ts';

export interface ChannelRow {
	id: number;
	name: string;
	kind: string;
	settings: Record<string, unknown>;
	secrets: Buffer | null;
	saved_by: string;
	saved_at: Date;
	tested_at: Date | null;
}

/** A channel that is ready to send. `problem`: why it is not, and what a person does. */
export type OpenedChannel = { kind: ChannelKind; settings: { kind: string } } | { problem: string };

type Secrets = Record<string, string>;

const COLUMNS = 'id, name, kind, settings, secrets, saved_by, saved_at, tested_at';
const ONE = statement<{ supplierId: number; name: string }>(
	'on-call-channel',
	`select ${COLUMNS} from on_call_channel where supplier_id = :supplierId and name = :name`
);
const BY_ID = query<{ supplierId: number; id: number }>(
	`select ${COLUMNS} from on_call_channel where supplier_id = :supplierId and id = :id`
);
const ALL = query<{ supplierId: number }>(
	`select ${COLUMNS} from on_call_channel where supplier_id = :supplierId order by lower(name), name`
);
const SAVE = query(`
	insert into on_call_channel (supplier_id, name, kind, settings, secrets, saved_by, tested_at)
	values (:supplierId, :name, :kind, :settings, :secrets, :savedBy, now())
	on conflict (supplier_id, name) do update set kind = excluded.kind, settings = excluded.settings,
		secrets = excluded.secrets, saved_by = excluded.saved_by, saved_at = now(), tested_at = now()`);
const TESTED = query<{ supplierId: number; name: string; savedAt: Date }>(`
	update on_call_channel set tested_at = now()
	where supplier_id = :supplierId and name = :name and date_trunc('milliseconds', saved_at) = :savedAt`);
const LOCK = query<{ supplierId: number; name: string }>(
	`select 1 from on_call_channel where supplier_id = :supplierId and name = :name for update`
);
const DELETE = query<{ supplierId: number; name: string }>(
	`delete from on_call_channel where supplier_id = :supplierId and name = :name`
);
const ROUTES_WITH = query<{ supplierId: number; name: string }>(`
	select name from on_call_route
	where supplier_id = :supplierId and (definition -> 'channels' @> to_jsonb(:name::text)
		or definition -> 'then' @> jsonb_build_array(jsonb_build_object('channel', :name::text)))
	order by place`);
const RECENT = query<{ supplierId: number; names: string[] }>(`
	select c.name, count(*) filter (where d.state in ('sent', 'delivered'))::int as accepted,
		count(*) filter (where d.state = 'failed')::int as failed, max(d.at) as last_at
	from unnest(:names::text[]) as c(name)
	cross join lateral (
		select state, at from delivery
		where supplier_id = :supplierId and channel = c.name order by id desc limit 20
	) d
	group by c.name`);

export interface RecentDeliveries {
	name: string;
	accepted: number;
	failed: number;
	last_at: Date | null;
}

export const readChannels = async (client: pg.ClientBase, supplierId: number): Promise<ChannelRow[]> =>
	(await client.query<ChannelRow>(ALL({ supplierId }))).rows;

export const readChannel = async (
	client: pg.ClientBase,
	supplierId: number,
	name: string
): Promise<ChannelRow | undefined> => (await client.query<ChannelRow>(ONE({ supplierId, name }))).rows[0];

/** Reads the channel that an incident service calls. */
export const readChannelById = async (
	client: pg.ClientBase,
	supplierId: number,
	id: number
): Promise<ChannelRow | undefined> => (await client.query<ChannelRow>(BY_ID({ supplierId, id }))).rows[0];

export const recentDeliveries = async (
	client: pg.ClientBase,
	supplierId: number,
	names: string[]
): Promise<RecentDeliveries[]> => (await client.query<RecentDeliveries>(RECENT({ supplierId, names }))).rows;

/** Saves settings that have just been tested. */
export async function saveChannel(
	client: pg.ClientBase,
	seal: Seal,
	channel: {
		supplierId: number;
		name: string;
		kind: ChannelKind;
		settings: { kind: string };
		savedBy: string;
	}
): Promise<void> {
	const { supplierId, name, kind, savedBy } = channel;
	const open: Record<string, unknown> = {};
	const secrets: Secrets = {};
	for (const [field, value] of Object.entries(channel.settings)) {
		if (field === 'kind' || value === undefined) continue;
		if (kind.secrets.includes(field)) secrets[field] = String(value);
		else open[field] = value;
	}
	const sealed =
		Object.keys(secrets).length === 0 ? null : seal.seal(JSON.stringify(secrets), placeOf(supplierId, name));
	await client.query(
		SAVE({ supplierId, name, kind: kind.kind, settings: JSON.stringify(open), secrets: sealed, savedBy })
	);
}

/** Notes that a receiver accepted a test, unless somebody has saved the channel in the meantime. */
export const noteTest = async (
	client: pg.ClientBase,
	supplierId: number,
	{ name, saved_at }: ChannelRow
): Promise<void> => void (await client.query(TESTED({ supplierId, name, savedAt: saved_at })));

/** Deletes a channel, unless a route uses it. Returns the routes that do; `null`: there is no such channel. */
export async function deleteChannel(
	client: pg.ClientBase,
	supplierId: number,
	name: string
): Promise<string[] | null> {
	if (!(await client.query(LOCK({ supplierId, name }))).rowCount) return null;
	const { rows } = await client.query<{ name: string }>(ROUTES_WITH({ supplierId, name }));
	if (rows.length === 0) await client.query(DELETE({ supplierId, name }));
	return rows.map((route) => route.name);
}

/** Opens the secrets of a stored channel. `null`: they do not open with this AUTH_SECRET. */
export function secretsOf(seal: Seal, supplierId: number, row: ChannelRow): Secrets | null {
	if (row.secrets === null) return {};
	const text = seal.open(row.secrets, placeOf(supplierId, row.name));
	return text === null ? null : (JSON.parse(text) as Secrets);
}

/** Opens a stored channel. A problem does not end by itself, so a further try cannot help. */
export function openRow(seal: Seal, supplierId: number, row: ChannelRow): OpenedChannel {
	const kind = kindOf(row.kind);
	if (!kind) return { problem: `this version of Causeway has no channels of the kind ${row.kind}` };
	const secrets = secretsOf(seal, supplierId, row);
	if (secrets === null) return { problem: CANNOT_OPEN };
	const settings = kind.settings.safeParse({ ...row.settings, ...secrets, kind: row.kind });
	return settings.success
		? { kind, settings: settings.data as { kind: string } }
		: { problem: 'the settings are of another version of Causeway; save the channel again' };
}

/** Returns the function with which the worker opens a channel, in the transaction of the caller. */
export const channelOpener =
	(seal: Seal) =>
	async (client: pg.ClientBase, supplierId: number, name: string): Promise<OpenedChannel> => {
		const row = await readChannel(client, supplierId, name);
		return row ? openRow(seal, supplierId, row) : { problem: `the channel ${name} was deleted` };
	};

const placeOf = (supplierId: number, name: string): string => `on_call_channel/${supplierId}/${name}`;
