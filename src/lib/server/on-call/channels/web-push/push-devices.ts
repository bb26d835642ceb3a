// Stores the browsers that get the pushes of a person. The keys of a browser are sealed: with them, anybody could write
// pushes that the browser believes.
import type pg from 'pg';
import type { PushDevice, PushSubscriptionIn } from '#lib/domain/on-call/push.ts';
import { createSeal } from '#lib/server/access/seal.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';
import { createVapidKey, type VapidKey } from './vapid-key.ts';

/** A person has at most this number of browsers. */
const MOST_DEVICES = 20;

/** A browser to which a push can be sent. */
export interface PushTarget {
	id: number;
	endpoint: string;
	keys: { p256dh: string; auth: string };
}

interface Row {
	id: number;
	endpoint: string;
	keys: Buffer;
	agent: string;
	added_at: Date;
	last_ok_at: Date | null;
}

export interface Owner {
	supplierId: number;
	userId: string;
}

export interface PushDevices {
	/** Returns the key pair of the installation. */
	key(): Promise<VapidKey>;
	/** Returns the browsers of a person to which pushes can be sent. */
	targets(owner: Owner): Promise<PushTarget[]>;
	list(owner: Owner): Promise<PushDevice[]>;
	/** Adds a browser, or gives a known browser to this person. Returns why not, or the browser. */
	add(
		owner: Owner,
		subscription: PushSubscriptionIn,
		agent: string
	): Promise<PushDevice | 'too-many' | 'taken'>;
	/** Removes a browser of this person. Returns whether there was one. */
	remove(owner: Owner, id: number): Promise<boolean>;
	/** Notes that the push service accepted a push. */
	noteAccepted(supplierId: number, ids: readonly number[]): Promise<void>;
}

export function createPushDevices({ pool, authSecret }: { pool: pg.Pool; authSecret: string }): PushDevices {
	const seal = createSeal(authSecret);
	const read = async (owner: Owner): Promise<Row[]> =>
		asSupplier(
			pool,
			owner.supplierId,
			async (client) => (await client.query<Row>(OF_PERSON({ ...owner }))).rows
		);

	return {
		key: createVapidKey({ pool, authSecret }),
		targets: async (owner) =>
			(await read(owner)).flatMap(({ id, endpoint, keys }) => {
				// A browser whose keys do not open belongs to a former AUTH_SECRET. It turns pushes on again at its next visit.
				const opened = seal.open(keys, placeOf(endpoint));
				return opened === null ? [] : [{ id, endpoint, keys: JSON.parse(opened) as PushTarget['keys'] }];
			}),
		list: async (owner) => (await read(owner)).map(toDevice),
		async add(owner, { endpoint, keys }, agent) {
			const sealed = seal.seal(JSON.stringify(keys), placeOf(endpoint));
			return asSupplier(
				pool,
				owner.supplierId,
				async (client): Promise<PushDevice | 'too-many' | 'taken'> => {
					await client.query(LOCK_PERSON({ userId: owner.userId }));
					const { rows: known } = await client.query<Row>(OF_PERSON({ ...owner }));
					if (known.length >= MOST_DEVICES && !known.some((row) => row.endpoint === endpoint))
						return 'too-many';
					const { rows } = await client.query<Row>(ADD({ ...owner, endpoint, keys: sealed, agent }));
					return toDevice(rows[0]!);
				}
			).catch((error: { code?: string }) => {
				if (error.code === NOT_OWN_ROW) return 'taken';
				throw error;
			});
		},
		remove: (owner, id) =>
			asSupplier(pool, owner.supplierId, async (client) =>
				Boolean((await client.query(REMOVE({ ...owner, id }))).rowCount)
			),
		async noteAccepted(supplierId, ids) {
			await asSupplier(pool, supplierId, (client) => client.query(ACCEPTED({ supplierId, ids })));
		}
	};
}

const toDevice = ({ id, endpoint, agent, added_at, last_ok_at }: Row): PushDevice => ({
	id: String(id),
	service: new URL(endpoint).host,
	agent,
	addedAt: added_at.toISOString(),
	lastAcceptedAt: last_ok_at?.toISOString() ?? null
});

const placeOf = (endpoint: string): string => `push_subscription/${endpoint}`;

const COLUMNS = 'id, endpoint, keys, agent, added_at, last_ok_at';
const OF_PERSON = query<{ supplierId: number; userId: string }>(`
	select ${COLUMNS} from push_subscription where supplier_id = :supplierId and user_id = :userId order by id`);
/** Two calls of one person count the browsers one after the other. */
const LOCK_PERSON = query<{ userId: string }>('select pg_advisory_xact_lock(hashtext(:userId))');
/** PostgreSQL refuses to change the row of another Supplier. */
const NOT_OWN_ROW = '42501';
/** A browser belongs to the person who turned its pushes on last. */
const ADD = query(`
	insert into push_subscription (supplier_id, user_id, endpoint, keys, agent)
	values (:supplierId, :userId, :endpoint, :keys, :agent)
	on conflict (endpoint) do update set user_id = excluded.user_id, keys = excluded.keys, agent = excluded.agent
	returning ${COLUMNS}`);
const REMOVE = query<{ supplierId: number; userId: string; id: number }>(`
	delete from push_subscription where supplier_id = :supplierId and user_id = :userId and id = :id`);
const ACCEPTED = query<{ supplierId: number; ids: readonly number[] }>(`
	update push_subscription set last_ok_at = now() where supplier_id = :supplierId and id = any(:ids::int[])`);
