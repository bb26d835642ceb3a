// Sign-in: sessions of people by better-auth, and the Supplier that a person works for. There is no sign-up over HTTP;
// people are added by `npm run causeway -- user add`.
import { betterAuth } from 'better-auth';
import type { MemberRole } from '#lib/domain/access.ts';
import type pg from 'pg';
import type { Config } from '#lib/server/process/config.ts';

/** A person who is signed in; what they see is their Supplier's. */
export interface Viewer {
	userId: string;
	name: string;
	email: string;
	supplierId: number;
	supplierSlug: string;
	supplierName: string;
	role: MemberRole;
}

const HOUR = 3600;
/** A session ends so long after the last call of its browser; an open console calls every few seconds. */
const IDLE_MS = 30 * 60_000;
/** How often it is written down that a session is in use. */
const TOUCH_MS = 60_000;
/** Set by us on every request that reaches the library, never taken from outside: it counts attempts by it. */
const ADDRESS = 'x-causeway-client';

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
		session: { expiresIn: 12 * HOUR, disableSessionRefresh: true },
		rateLimit: {
			enabled: true,
			window: 60,
			max: 100,
			customRules: { '/sign-in/email': { window: 60, max: 20 } }
		},
		advanced: {
			cookiePrefix: 'causeway',
			useSecureCookies: config.origin.startsWith('https:'),
			defaultCookieAttributes: { sameSite: 'lax', httpOnly: true },
			ipAddress: { ipAddressHeaders: [ADDRESS] }
		}
	});

	return {
		/** Answers `/api/auth/*` for a browser at `address`. */
		handler(request: Request, address: string): Promise<Response> {
			const headers = new Headers(request.headers);
			headers.set(ADDRESS, address);
			return auth.handler(new Request(request, { headers }));
		},

		/** Checks a password and opens a session; the response carries the cookie, or is 401, or 429 after too many attempts. */
		signIn(email: string, password: string, from: { headers: Headers; address: string }): Promise<Response> {
			const headers = new Headers({
				'content-type': 'application/json',
				origin: config.origin,
				[ADDRESS]: from.address
			});
			const agent = from.headers.get('user-agent');
			if (agent) headers.set('user-agent', agent);
			// Through the library's own door, where attempts are counted.
			const body = JSON.stringify({ email, password });
			return auth.handler(
				new Request(`${config.origin}/api/auth/sign-in/email`, { method: 'POST', headers, body })
			);
		},

		/** Ends the session of these headers; the response clears the cookie. */
		signOut: (headers: Headers): Promise<Response> => auth.api.signOut({ headers, asResponse: true }),

		/** Who is signed in by the session cookie of these headers, or `null`. */
		async viewerOf(headers: Headers): Promise<Viewer | null> {
			const session = await auth.api.getSession({ headers, query: { disableRefresh: true } });
			if (!session) return null;
			const unusedFor = Date.now() - session.session.updatedAt.getTime();
			if (unusedFor > IDLE_MS) return null;
			if (unusedFor > TOUCH_MS)
				await pool.query('update "session" set "updatedAt" = now() where "id" = $1', [session.session.id]);
			const { rows } = await pool.query<{
				supplier_id: number;
				slug: string;
				supplier_name: string;
				role: MemberRole;
			}>(
				'select m.supplier_id, s.slug, s.name as supplier_name, m.role from member m join supplier s on s.id = m.supplier_id where m.user_id = $1',
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

		/** The id of the session of these headers, which is no secret as its token is. */
		async sessionOf(headers: Headers): Promise<string | null> {
			const session = await auth.api.getSession({ headers, query: { disableRefresh: true } });
			return session?.session.id ?? null;
		},

		/** Of these sessions those that last, with the Supplier that their person works for now. */
		async standing(ids: readonly string[]): Promise<Map<string, number>> {
			if (ids.length === 0) return new Map();
			const { rows } = await pool.query<{ id: string; supplier_id: number }>({
				name: 'standing-sessions',
				text: `select s."id", m.supplier_id from "session" s join member m on m.user_id = s."userId"
					where s."id" = any($1) and s."expiresAt" > now()`,
				values: [ids]
			});
			return new Map(rows.map((row) => [row.id, row.supplier_id]));
		},

		/** Adds a person, or sets name, password and place of one who is there. Returns whether they are new. */
		async addUser(person: {
			email: string;
			name: string;
			password: string;
			supplierId: number;
			role: MemberRole;
		}): Promise<boolean> {
			const context = await auth.$context;
			const email = person.email.toLowerCase();
			const password = await context.password.hash(person.password);
			const known = await context.internalAdapter.findUserByEmail(email, { includeAccounts: true });
			const user =
				known?.user ??
				(await context.internalAdapter.createUser(
					{ email, name: person.name, emailVerified: true },
					{ method: 'email-password' }
				));
			if (known?.accounts.some((account) => account.providerId === 'credential'))
				await context.internalAdapter.updatePassword(user.id, password);
			else
				await context.internalAdapter.linkAccount({
					userId: user.id,
					providerId: 'credential',
					accountId: user.id,
					password
				});
			await pool.query(
				`insert into member (user_id, supplier_id, role) values ($1, $2, $3)
				 on conflict (user_id) do update set supplier_id = excluded.supplier_id, role = excluded.role`,
				[user.id, person.supplierId, person.role]
			);
			return !known;
		}
	};
}
