// Stores rotas. A worker reads a rota with the same functions, in a transaction of its own.
import type pg from 'pg';
import { Rota } from '#lib/domain/on-call/rota.ts';
import { query, statement } from '#lib/server/postgres/statement.ts';

export interface RotaRow {
	id: number;
	name: string;
	rota: Rota;
	nonce: string;
	savedBy: string;
	savedAt: Date;
}

type StoredRow = Omit<RotaRow, 'rota'> & { definition: unknown };

const COLUMNS = 'id, name, definition, calendar_nonce as nonce, saved_by as "savedBy", saved_at as "savedAt"';
const ONE = statement<{ supplierId: number; name: string }>(
	'on-call-rota',
	`select ${COLUMNS} from on_call_rota where supplier_id = :supplierId and name = :name`
);
const LOCKED = query<{ supplierId: number; name: string }>(
	`select ${COLUMNS} from on_call_rota where supplier_id = :supplierId and name = :name for update`
);
const ALL = query<{ supplierId: number }>(
	`select ${COLUMNS} from on_call_rota where supplier_id = :supplierId order by lower(name), name`
);
const SAVE = query<{ supplierId: number; name: string; definition: string; nonce: string; savedBy: string }>(`
	insert into on_call_rota (supplier_id, name, definition, calendar_nonce, saved_by)
	values (:supplierId, :name, :definition, :nonce, :savedBy)
	on conflict (supplier_id, name) do update set definition = excluded.definition, saved_by = excluded.saved_by,
		saved_at = now()
	returning ${COLUMNS}`);
const DELETE = query<{ supplierId: number; name: string }>(
	'delete from on_call_rota where supplier_id = :supplierId and name = :name'
);
const ROUTES_WITH = query<{ supplierId: number; name: string }>(`
	select name from on_call_route
	where supplier_id = :supplierId and (definition ->> 'rota' = :name
		or definition -> 'then' @> jsonb_build_array(jsonb_build_object('rota', :name::text)))
	order by place`);

const toRow = ({ definition, ...row }: StoredRow): RotaRow => ({ ...row, rota: Rota.parse(definition) });

export async function readRotaRow(
	client: pg.ClientBase,
	supplierId: number,
	name: string
): Promise<RotaRow | null> {
	const { rows } = await client.query<StoredRow>(ONE({ supplierId, name }));
	return rows[0] ? toRow(rows[0]) : null;
}

/** Reads a rota. `null`: the Supplier has no rota of this name. */
export const readRota = async (
	client: pg.ClientBase,
	supplierId: number,
	name: string
): Promise<Rota | null> => (await readRotaRow(client, supplierId, name))?.rota ?? null;

/** Reads a rota and locks its row until the transaction ends. */
export async function lockRotaRow(
	client: pg.ClientBase,
	supplierId: number,
	name: string
): Promise<RotaRow | null> {
	const { rows } = await client.query<StoredRow>(LOCKED({ supplierId, name }));
	return rows[0] ? toRow(rows[0]) : null;
}

export const readRotaRows = async (client: pg.ClientBase, supplierId: number): Promise<RotaRow[]> =>
	(await client.query<StoredRow>(ALL({ supplierId }))).rows.map(toRow);

/** Saves a rota. A rota that exists keeps the address of its calendar; `nonce` is for a new rota. */
export async function saveRota(
	client: pg.ClientBase,
	{ rota, ...row }: { supplierId: number; name: string; rota: Rota; nonce: string; savedBy: string }
): Promise<RotaRow> {
	const { rows } = await client.query<StoredRow>(SAVE({ ...row, definition: JSON.stringify(rota) }));
	return toRow(rows[0]!);
}

/** Deletes a rota, unless a route uses it. Returns the routes that do; `null`: there is no such rota. */
export async function deleteRota(
	client: pg.ClientBase,
	supplierId: number,
	name: string
): Promise<string[] | null> {
	if (!(await lockRotaRow(client, supplierId, name))) return null;
	const { rows } = await client.query<{ name: string }>(ROUTES_WITH({ supplierId, name }));
	if (rows.length === 0) await client.query(DELETE({ supplierId, name }));
	return rows.map((route) => route.name);
}
