// Signs people in and finds the Supplier that a person works for. The library better-auth holds the sessions. Nobody
// can sign up over HTTP: `npm run causeway -- user add` adds people.
import { betterAuth } from 'better-auth';
import { APIError } from 'better-auth/api';
import type pg from 'pg';
import { rolesOf, type MemberRole } from '#lib/domain/access.ts';
import { CLIENT_ADDRESS_HEADER } from '#lib/server/process/client-address.ts';
import type { Config } from '#lib/server/process/config.ts';

/** A signed-in person of a Supplier, or of the installation. */
export interface Viewer {
	userId: string;
	name: string;
	email: string;
	/** The Supplier whose data the person sees; `null`: the person belongs to the installation and to no Supplier. */
	supplierId: number | null;
	supplierSlug: string | null;
	supplierName: string | null;
	role: MemberRole;
}

/** A person to be added. */
export interface NewPerson {
	email: string;
	name: string;
	password: string;
	/** `null`: a person of the installation. */
	supplierId: number | null;
	role: MemberRole;
}

const HOUR_SECONDS = 3600;
/** A session ends when its browser has made no call for this time, in ms. An open console calls every few seconds. */
const IDLE_MS = 30 * 60_000;
/** The least time between two writes of a session's last use to the database, in ms. */
const TOUCH_MS = 60_000;
export type Auth = ReturnType<typeof createAuth>;

export function createAuth({
	pool,
	config
}: {
	pool: pg.Pool;
	config: Pick<Config, 'authSecret' | 'origin'>;
}) {
	const auth = betterAuth({
		database: pool,
		secret: config.authSecret,
		baseURL: config.origin,
		trustedOrigins: [config.origin],
		telemetry: { enabled: false },
		logger: { level: 'error' },
		emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 10 },
		session: { expiresIn: 12 * HOUR_SECONDS, disableSessionRefresh: true },
		databaseHooks: { session: { create: { before: ({ userId }) => refuseDisabled(pool, userId) } } },
		// All web processes count together in PostgreSQL. Redis would not do: it may be emptied at any moment.
		rateLimit: {
			enabled: true,
			storage: 'database',
			window: 60,
			max: 100,
			customRules: { '/sign-in/email': { window: 60, max: 20 } }
		},
		advanced: {
			cookiePrefix: 'causeway',
			useSecureCookies: config.origin.startsWith('https:'),
			defaultCookieAttributes: { sameSite: 'lax', httpOnly: true },
			ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] }
		}
	});

	return {
		/** Answers a call of `/api/auth/*` from a browser at the network address `address`. */
		handler(request: Request, address: string): Promise<Response> {
			const headers = new Headers(request.headers);
			headers.set(CLIENT_ADDRESS_HEADER, address);
			return auth.handler(new Request(request, { headers }));
		},

		/**
		 * Checks a password and opens a session. The response sets the session cookie. A wrong password is answered
		 * 401, a disabled person or Supplier 403, and too many attempts 429.
		 */
		signIn(email: string, password: string, from: { headers: Headers; address: string }): Promise<Response> {
			const headers = new Headers({
				'content-type': 'application/json',
				origin: config.origin,
				[CLIENT_ADDRESS_HEADER]: from.address
			});
			const agent = from.headers.get('user-agent');
			if (agent) headers.set('user-agent', agent);
			// The HTTP handler of better-auth is used, because only the handler counts attempts.
			const body = JSON.stringify({ email, password });
			return auth.handler(
				new Request(`${config.origin}/api/auth/sign-in/email`, { method: 'POST', headers, body })
			);
		},

		/** Ends the session of the cookie in these headers. The response clears the cookie. */
		signOut: (headers: Headers): Promise<Response> => auth.api.signOut({ headers, asResponse: true }),

		/**
		 * Returns the person whose session cookie is in these headers, and records that the session is in use. Returns
		 * `null` if there is no session, if the session has ended, if the person has no role here, or if the person or
		 * the Supplier is disabled.
		 */
		async viewerOf(headers: Headers): Promise<Viewer | null> {
			const session = await auth.api.getSession({ headers, query: { disableRefresh: true } });
			if (!session) return null;
			const unusedFor = Date.now() - session.session.updatedAt.getTime();
			if (unusedFor > IDLE_MS) return null;
			if (unusedFor > TOUCH_MS)
				await pool.query('update "session" set "updatedAt" = now() where "id" = $1', [session.session.id]);
			const { rows } = await pool.query<{
				supplier_id: number | null;
				slug: string | null;
				supplier_name: string | null;
				role: MemberRole;
			}>(
				'select m.supplier_id, s.slug, s.name as supplier_name, m.role from member m left join supplier s on s.id = m.supplier_id where m.user_id = $1 and m.disabled_at is null and s.disabled_at is null',
				[session.user.id]
			);
			const [row] = rows;
			if (!row) return null;
			const { id: userId, name, email } = session.user;
			return {
				userId,
				name,
				email,
				supplierId: row.supplier_id,
				supplierSlug: row.slug,
				supplierName: row.supplier_name,
				role: row.role
			};
		},

		/**
		 * Returns the id of the session whose cookie is in these headers; `null`: there is no session. Unlike the token
		 * of the session, the id is no secret.
		 */
		async sessionOf(headers: Headers): Promise<string | null> {
			const session = await auth.api.getSession({ headers, query: { disableRefresh: true } });
			return session?.session.id ?? null;
		},

		/**
		 * Asks the database which of these sessions have neither ended nor expired. Returns the valid sessions with the
		 * current Supplier of their person. `viewerOf` checks how long a session was unused, and this function does
		 * not.
		 */
		async stillValid(ids: readonly string[]): Promise<Map<string, number | null>> {
			if (ids.length === 0) return new Map();
			const { rows } = await pool.query<{ id: string; supplier_id: number | null }>({
				name: 'valid-sessions',
				text: `select s."id", m.supplier_id from "session" s join member m on m.user_id = s."userId"
					left join supplier on supplier.id = m.supplier_id
					where s."id" = any($1) and s."expiresAt" > now() and m.disabled_at is null and supplier.disabled_at is null`,
				values: [ids]
			});
			return new Map(rows.map((row) => [row.id, row.supplier_id]));
		},

		/**
		 * Adds a person. Returns `false` and changes nothing if a person with this e-mail address is known. Throws if the
		 * role does not fit the Supplier, or the installation.
		 */
		async addUser(person: NewPerson): Promise<boolean> {
			const roles = rolesOf(person.supplierId);
			if (!roles.includes(person.role))
				throw new Error(
					`The role of a person of ${person.supplierId === null ? 'the installation' : 'a Supplier'} must be one of ${roles.join(', ')}`
				);
			const { internalAdapter, password } = await auth.$context;
			const email = person.email.toLowerCase();
			if (await internalAdapter.findUserByEmail(email)) return false;
			const user = await internalAdapter.createUser(
				{ email, name: person.name, emailVerified: true },
				{ method: 'email-password' }
			);
			await internalAdapter.linkAccount(credential(user.id, await password.hash(person.password)));
			await pool.query('insert into member (user_id, supplier_id, role) values ($1, $2, $3)', [
				user.id,
				person.supplierId,
				person.role
			]);
			return true;
		},

		/** Sets a person's password and ends the person's sessions. Returns `false` if nobody has this e-mail address. */
		async setPassword(emailAddress: string, newPassword: string): Promise<boolean> {
			const { internalAdapter, password } = await auth.$context;
			const known = await internalAdapter.findUserByEmail(emailAddress.toLowerCase(), {
				includeAccounts: true
			});
			if (!known) return false;
			const { id: userId } = known.user;
			const hash = await password.hash(newPassword);
			if (known.accounts.some(({ providerId }) => providerId === 'credential'))
				await internalAdapter.updatePassword(userId, hash);
			else await internalAdapter.linkAccount(credential(userId, hash));
			await internalAdapter.deleteUserSessions(userId);
			return true;
		}
	};
}

/** Returns the account by which a person signs in with a password. */
const credential = (userId: string, password: string) => ({
	userId,
	providerId: 'credential',
	accountId: userId,
	password
});

/** Refuses a new session if the person or the person's Supplier is disabled. */
async function refuseDisabled(pool: pg.Pool, userId: string): Promise<void> {
	const { rowCount } = await pool.query(
		`select from member m left join supplier s on s.id = m.supplier_id
		 where m.user_id = $1 and (m.disabled_at is not null or s.disabled_at is not null)`,
		[userId]
	);
	if (rowCount)
		throw new APIError('FORBIDDEN', {
			message: 'Your access is disabled; ask the administrator of this installation'
		});
}
