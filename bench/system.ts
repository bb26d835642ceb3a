// The product under load: a Causeway of its own with the inventory of the trace, and the Service Requests of before.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import type { Ground, System } from '../launcher/ground.ts';
import { stopProcess } from '../launcher/process.ts';
import { suppliersWithNews } from '#lib/server/episodes/episode-turn.ts';
import type { CrowdOrder } from './crowd.ts';
import type { Expect, ListenAnswer, ListenOrder } from './listen.ts';
import { writeInventory } from './inventory.ts';
import { REQUESTS_PER_SECOND, SUPPLIERS, createTrace, type Trace } from './trace.ts';

export type Loaded = Awaited<ReturnType<typeof openSystem>>;

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Starts a process of the bench that speaks by messages, typed arrays among them. */
export const start = (name: string): ChildProcess =>
	fork(script(name), { serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });

/** The next message of a process; throws where it ends instead. */
export async function next<T>(child: ChildProcess): Promise<T> {
	const gone = new AbortController();
	const [message] = (await Promise.race([
		once(child, 'message', { signal: gone.signal }),
		once(child, 'exit', { signal: gone.signal }).then(([code]) => {
			throw new Error(`a process of the bench ended with ${code}`);
		})
	]).finally(() => gone.abort())) as [T];
	return message;
}

/** The time of the trace began days ago: what it holds is as near to the index as today's is in life. */
export const INDEX_SETTINGS = { INDEX_WINDOW_HOURS: '240' };

export async function openSystem(
	ground: Ground,
	trace: Trace,
	{
		flags = [] as readonly string[],
		say = (_: string): void => {},
		onProgress = (_done: number, _of: number): void => {}
	} = {}
) {
	const system = await ground.startSystem({
		suppliers: SUPPLIERS,
		flags,
		settings: { ...INDEX_SETTINGS, BACKLOG_RECORDS: '4000000' }
	});
	await fill(system, trace, say, onProgress);
	const keys = SUPPLIERS.map(({ slug }) => system.keys[slug]!);
	const listener = start('listen.ts');
	listener.send({ url: system.url, keys } satisfies ListenOrder);
	await next(listener);

	/** So many more consoles for each Supplier, which only hold their connection; returns how to close them. */
	async function openCrowd(each: number): Promise<() => Promise<void>> {
		const crowd = start('crowd.ts');
		crowd.send({ url: system.url, keys, each } satisfies CrowdOrder);
		await next(crowd);
		return async () => {
			if (crowd.exitCode !== null) throw new Error('not all consoles stayed connected');
			await stopProcess(crowd, 'SIGTERM');
		};
	}

	return {
		...system,
		trace,
		openCrowd,
		/** Makes the consoles wait for these Alerts. */
		async expect(order: Expect): Promise<void> {
			listener.send(order);
			await next(listener);
		},
		/** How many of them have come. */
		async arrived(): Promise<number> {
			listener.send('count');
			return next<number>(listener);
		},
		async told(): Promise<ListenAnswer> {
			listener.send('tell');
			return next<ListenAnswer>(listener);
		},
		async stop(): Promise<void> {
			await stopProcess(listener, 'SIGTERM');
			await system.stop();
		}
	};
}

/**
 * The inventory, and what was sent to it before the measurement begins. The time of the trace lies in the past, and the
 * audit data is said to be complete until today, so that each explanation is final.
 */
async function fill(
	system: System,
	trace: Trace,
	say: (line: string) => void,
	onProgress: (done: number, of: number) => void
): Promise<void> {
	const whole = (trace.devices + trace.requests) / CALL;
	let sent = 0;
	const post = async (path: string, body: string, type = 'application/x-ndjson'): Promise<void> => {
		for (;;) {
			const response = await fetch(`${system.url}/api/v1${path}`, {
				method: 'POST',
				headers: { authorization: `Bearer ${system.keys['*']}`, 'content-type': type },
				body
			});
			if (response.ok) return onProgress(++sent, whole);
			if (response.status !== 503 && response.status !== 429)
				throw new Error(`POST ${path} answers ${response.status}: ${await response.text()}`);
			await pause(1000 * Number(response.headers.get('retry-after') ?? 1));
		}
	};
	const inLanes = async (bodies: Iterator<string>, path: string): Promise<void> => {
		const lane = async (): Promise<void> => {
			for (let body = bodies.next(); !body.done; body = bodies.next()) await post(path, body.value);
		};
		await Promise.all([lane(), lane(), lane()]);
	};
	await writeInventory(system.pool, trace, (devices) => onProgress(devices / CALL, whole));
	// An inventory that has stood for long has been looked through: how many there are is known.
	await system.pool.query('vacuum analyze device, tenure');
	sent = trace.devices / CALL;
	say(`${trace.devices.toLocaleString('en')} Devices are known`);
	// At the density of the course that goes on from here: causes lie where its Alerts look for them.
	const past = createTrace({ ...trace.plan, requestsPerSecond: REQUESTS_PER_SECOND });
	await inLanes(before(past), '/service-requests');
	const mark = { source: 'bench', completeUntil: new Date().toISOString() };
	await post('/service-requests/completeness', JSON.stringify(mark), 'application/json');
	await settled(system);
	await system.pool.query('vacuum analyze service_request, request_key');
	say(`${trace.requests.toLocaleString('en')} Service Requests are indexed`);
}

const CALL = 1000;

function* before(trace: Trace): Generator<string> {
	for (let from = 0; from < trace.requests; from += CALL)
		yield Array.from({ length: Math.min(CALL, trace.requests - from) }, (_, i) =>
			trace.requestJsonAt(from + i)
		).join('\n');
}

/** Waits until every explanation that is due has been written; throws where that takes longer than two minutes. */
export const quiet = ({ pool }: System): Promise<void> =>
	until(async () => (await pool.query('select from doorbell limit 1')).rows.length === 0);

/** Waits until what follows behind the explanations is done too: every feed is grouped, and all is learned from. */
export const settled = ({ pool }: System): Promise<void> =>
	until(async () => {
		const { rows } = await pool.query('select from doorbell union all select from learn_due limit 1');
		return rows.length === 0 && (await suppliersWithNews(pool, 0)).length === 0;
	});

const LIMIT_MS = 120_000;

async function until(isDone: () => Promise<boolean>): Promise<void> {
	const end = Date.now() + LIMIT_MS;
	while (!(await isDone())) {
		if (Date.now() > end) throw new Error('the product still works on what was sent two minutes ago');
		await pause(50);
	}
}
