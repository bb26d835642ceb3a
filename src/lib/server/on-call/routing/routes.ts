// Stores the routes of each Supplier. The first enabled route that matches opens a page.
import type pg from 'pg';
import type { Route, RouteIn } from '#lib/domain/on-call/route.ts';
import { kindOf } from '#lib/server/on-call/channels/kinds.ts';
import { query, statement } from '#lib/server/postgres/statement.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';

type Definition = Omit<RouteIn, 'enabled' | 'place'>;

interface Row {
	name: string;
	place: number;
	enabled: boolean;
	definition: Definition;
	saved_by: string;
	saved_at: Date;
}

export type Routes = ReturnType<typeof createRoutes>;

export function createRoutes(pool: pg.Pool) {
	return {
		/** Lists the routes in their order. */
		list: (supplierId: number): Promise<Route[]> =>
			asSupplier(pool, supplierId, (client) => readRoutes(client, supplierId)),

		/**
		 * Stores a route under its name. Without a place, a new route is the last, and a known route keeps its place.
		 * Returns the names of rotas and channels that the Supplier does not have; the route is stored if there are none.
		 */
		put: (supplierId: number, name: string, route: RouteIn, by: string): Promise<Missing> =>
			asSupplier(pool, supplierId, async (client) => {
				const missing = await findMissing(client, supplierId, route);
				if (missing.rotas.length + missing.channels.length > 0 || missing.needsRota) return missing;
				const { enabled, place, ...definition } = route;
				await client.query(LOCK({ supplierId }));
				await client.query(
					PUT({ supplierId, name, enabled, place: place ?? null, definition: JSON.stringify(definition), by })
				);
				await client.query(RENUMBER({ supplierId, name, place: place ?? null }));
				return missing;
			}),

		/** Deletes a route. Open pages keep the plan that they have. Returns whether there was such a route. */
		remove: (supplierId: number, name: string): Promise<boolean> =>
			asSupplier(pool, supplierId, async (client) => {
				const { rowCount } = await client.query(REMOVE({ supplierId, name }));
				if (rowCount) await client.query(RENUMBER({ supplierId, name, place: null }));
				return rowCount === 1;
			})
	};
}

/** The rotas and channels that a route names and the Supplier does not have. */
export interface Missing {
	rotas: string[];
	channels: string[];
	/** Whether the route has no rota, and all its channels need one. */
	needsRota: boolean;
}

async function findMissing(client: pg.ClientBase, supplierId: number, route: RouteIn): Promise<Missing> {
	const rotas = [route.rota, ...route.then.map((step) => ('rota' in step ? step.rota : null))];
	const channels = [
		...route.channels,
		...route.then.flatMap((step) => ('channel' in step ? [step.channel] : []))
	];
	const { rows: rotaRows } = await client.query<{ name: string }>(ROTAS({ supplierId }));
	const { rows: channelRows } = await client.query<{ name: string; kind: string; settings: object }>(
		CHANNELS({ supplierId, names: channels })
	);
	const needPerson = channelRows.filter(
		({ kind, settings }) => kindOf(kind)?.addresses({ ...settings, kind }) === 'person'
	);
	return {
		needsRota: route.rota === null && needPerson.length === channelRows.length,
		rotas: [...new Set(rotas)].filter(
			(name) => name !== null && !rotaRows.some((row) => row.name === name)
		) as string[],
		channels: [...new Set(channels)].filter((name) => !channelRows.some((row) => row.name === name))
	};
}

/** Reads the routes of a Supplier in their order, within the caller's transaction. */
export async function readRoutes(client: pg.ClientBase, supplierId: number): Promise<Route[]> {
	const { rows } = await client.query<Row>(LIST({ supplierId }));
	return rows.map((row) => ({
		name: row.name,
		place: row.place,
		enabled: row.enabled,
		...row.definition,
		savedBy: row.saved_by,
		savedAt: row.saved_at.toISOString()
	}));
}

const LIST = statement(
	'on-call-routes',
	'select name, place, enabled, definition, saved_by, saved_at from on_call_route where supplier_id = :supplierId order by place, id'
);

// The locks keep rotas and channels from being deleted while the route is stored.
const ROTAS = query('select name from on_call_rota where supplier_id = :supplierId for key share');

const CHANNELS = query(
	'select name, kind, settings from on_call_channel where supplier_id = :supplierId and name = any(:names::text[]) for key share'
);

/** Lets one person at a time change the order of a Supplier's routes. */
const LOCK = query('select from on_call_route where supplier_id = :supplierId for update');

const PUT = query(`
insert into on_call_route as r (supplier_id, name, place, enabled, definition, saved_by)
values (:supplierId, :name,
	coalesce(:place::int, (select coalesce(max(place), 0) + 1 from on_call_route where supplier_id = :supplierId)),
	:enabled, :definition::jsonb, :by)
on conflict (supplier_id, name) do update set place = coalesce(:place::int, r.place), enabled = excluded.enabled,
	definition = excluded.definition, saved_by = excluded.saved_by, saved_at = now()`);

// The route that was moved comes before the route that had its place.
const RENUMBER = query(`
update on_call_route r set place = n.place from (
	select id, row_number() over (order by place, (name = :name and :place::int is not null) desc, id) as place
	from on_call_route where supplier_id = :supplierId
) n where r.id = n.id and r.place <> n.place`);

const REMOVE = query('delete from on_call_route where supplier_id = :supplierId and name = :name');
