// Sign-in: sessions of people by better-auth, and the Supplier that a person works for. There is no sign-up over HTTP;
// people are added by `npm run causeway -- user add`.
import { betterAuth } from 'better-auth';
import type pg from 'pg';
import type { Config } from './config.ts';

export const MEMBER_ROLES = ['controller', 'lead', 'officer', 'engineer'] as const;
export type MemberRole = (typeof MEMBER_ROLES)[number];

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

export function createAuth({ pool, config }: { pool: pg.Pool; config: Pick<Config, 'authSecret' | 'origin'> }) {
	const auth = betterAuth({
		database: pool,
		secret: config.authSecret,
		baseURL: config.origin,
		trustedOrigins: [config.origin],
		telemetry: { enabled: false },
		logger: { level: 'error' },
		emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 10 },
		session: { expiresIn: 12 * HOUR, updateAge: HOUR / 2 },
		rateLimit: { enabled: true, window: 60, max: 100, customRules: { '/sign-in/email': { window: 60, max: 20 } } },
		advanced: { cookiePrefix: 'causeway', useSecureCookies: config.origin.startsWith('https:'), defaultCookieAttributes: { sameSite: 'lax', httpOnly: true } }
	});

	return {
		/** Answers `/api/auth/*`. */
		handler: (request: Request): Promise<Response> => auth.handler(request),

		/** Checks a password and opens a session; the response carries the cookie. */
		signIn: (email: string, password: string, headers: Headers): Promise<Response> =>
			auth.api.signInEmail({ body: { email, password }, headers, asResponse: true }),

		/** Ends the session of these headers; the response clears the cookie. */
		signOut: (headers: Headers): Promise<Response> => auth.api.signOut({ headers, asResponse: true }),

		/** Who is signed in by the session cookie of these headers, or `null`. */
		async viewerOf(headers: Headers): Promise<Viewer | null> {
			const session = await auth.api.getSession({ headers, query: { disableRefresh: true } });
			if (!session) return null;
			const { rows } = await pool.query<{ supplier_id: number; slug: string; supplier_name: string; role: MemberRole }>(
				'select m.supplier_id, s.slug, s.name as supplier_name, m.role from member m join supplier s on s.id = m.supplier_id where m.user_id = $1',
				[session.user.id]
			);
			const [row] = rows;
			if (!row) return null;
			const { id: userId, name, email } = session.user;
			return { userId, name, email, supplierId: row.supplier_id, supplierSlug: row.slug, supplierName: row.supplier_name, role: row.role };
		},

		/** Adds a person, or sets name, password and place of one who is there. Returns whether they are new. */
		async addUser(person: { email: string; name: string; password: string; supplierId: number; role: MemberRole }): Promise<boolean> {
			const context = await auth.$context;
			const email = person.email.toLowerCase();
			const password = await context.password.hash(person.password);
			const known = await context.internalAdapter.findUserByEmail(email, { includeAccounts: true });
			const user = known?.user ?? (await context.internalAdapter.createUser({ email, name: person.name, emailVerified: true }, { method: 'email-password' }));
			if (known?.accounts.some((account) => account.providerId === 'credential')) await context.internalAdapter.updatePassword(user.id, password);
			else await context.internalAdapter.linkAccount({ userId: user.id, providerId: 'credential', accountId: user.id, password });
			await pool.query(
				`insert into member (user_id, supplier_id, role) values ($1, $2, $3)
				 on conflict (user_id) do update set supplier_id = excluded.supplier_id, role = excluded.role`,
				[user.id, person.supplierId, person.role]
			);
			return !known;
		}
	};
}
