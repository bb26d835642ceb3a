// Adds people to a test system. Each person calls the API with a session cookie, as a browser does.
import type { MemberRole } from '#lib/domain/access.ts';
import type { Answer, SupplierSlug, System } from './system.ts';

export type Member = Awaited<ReturnType<typeof joinAs>>;

/** Adds a person with this role to a Supplier and signs the person in. `'*'`: the person belongs to the installation. */
export async function joinAs(system: System, slug: SupplierSlug | '*', role: MemberRole, name: string) {
	const email = `${name.toLowerCase().replaceAll(' ', '.')}@${slug === '*' ? 'causeway' : slug}.example`;
	const password = 'a password for tests only';
	const { rows } = await system.database.query<{ id: number }>('select id from supplier where slug = $1', [
		slug
	]);
	const { auth } = system.services;
	await auth.addUser({ email, name, password, supplierId: slug === '*' ? null : rows[0]!.id, role });
	const signedIn = await auth.signIn(email, password, { headers: new Headers(), address: '127.0.0.1' });
	const cookie = signedIn.headers
		.getSetCookie()
		.map((line) => line.split(';')[0])
		.join('; ');
	return {
		name,
		email,
		password,
		cookie,
		async call(method: string, path: string, body?: unknown): Promise<Answer> {
			const response = await fetch(`${system.url}/api/v1${path}`, {
				method,
				headers: {
					cookie,
					origin: system.url,
					...(body === undefined ? {} : { 'content-type': 'application/json' })
				},
				...(body === undefined ? {} : { body: JSON.stringify(body) })
			});
			const text = await response.text();
			return { status: response.status, headers: response.headers, body: text && JSON.parse(text) };
		}
	};
}
