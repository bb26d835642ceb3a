// Runs the real web process, server.ts, in front of a test system: pages, API and sockets on one port. Tests end and
// restart the process as needed.
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { freePort, stopProcess } from '../../launcher/process.ts';
import type { SupplierSlug, System } from './system.ts';

export interface Person {
	email: string;
	password: string;
	name: string;
}

/** One controller of each Supplier. */
export const PEOPLE: Record<SupplierSlug, Person> = {
	brightwell: {
		email: 'controller@brightwell.example',
		password: 'a long enough password',
		name: 'Brightwell controller'
	},
	halden: { email: 'controller@halden.example', password: 'another long password', name: 'Halden controller' }
};

export type Web = Awaited<ReturnType<typeof startWeb>>;

/** `settings`: further environment variables of the process. */
export async function startWeb(system: System, settings: Record<string, string> = {}) {
	const port = await freePort();
	const url = `http://127.0.0.1:${port}`;
	for (const [slug, person] of Object.entries(PEOPLE)) {
		const { rows } = await system.database.query<{ id: number }>('select id from supplier where slug = $1', [
			slug
		]);
		await system.services.auth.addUser({ ...person, supplierId: rows[0]!.id, role: 'controller' });
	}
	const env = {
		...process.env,
		...system.env,
		PORT: String(port),
		HOST: '127.0.0.1',
		ORIGIN: url,
		...settings
	};
	let child = await begin(env);
	return {
		url,
		/** Ends the process at once, as a power cut would. */
		kill: () => stopProcess(child, 'SIGKILL'),
		async startAgain(): Promise<void> {
			child = await begin(env);
		},
		[Symbol.asyncDispose]: () => stopProcess(child, 'SIGTERM')
	};
}

async function begin(env: NodeJS.ProcessEnv): Promise<ChildProcess> {
	const child = fork(fileURLToPath(new URL('../../server.ts', import.meta.url)), {
		env,
		stdio: ['ignore', 'inherit', 'inherit', 'ipc']
	});
	await new Promise<void>((done, fail) => {
		child.once('message', () => done());
		child.once('exit', (code) => fail(new Error(`the web process ended with ${code}`)));
	});
	return child;
}
