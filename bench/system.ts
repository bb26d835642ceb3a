// Starts the Causeway under load: loads the inventory and the past Service Requests of the trace, and connects the
// listener.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Testbed, System } from '../launcher/testbed.ts';
import { stopProcess } from '../launcher/process.ts';
import { formatNumber } from './format.ts';
import type { IdleClientsOrder } from './idle-clients.ts';
import { writeInventory } from './inventory.ts';
import type { Arrivals, ExpectOrder, ListenOrder } from './listen.ts';
import type { OnProgress } from './progress.ts';
import { SUPPLIERS, TRACE_REQUESTS_PER_SECOND, createTrace, type Trace } from './trace.ts';

export type LoadedSystem = Awaited<ReturnType<typeof openSystem>>;

/** Records per call while the past of the trace is sent. */
const RECORDS_PER_CALL = 1000;
const SETTLE_TIMEOUT_MS = 120_000;

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Starts a process of the benchmark. The process answers by messages, which may contain typed arrays. */
export const startProcess = (name: string): ChildProcess =>
	fork(script(name), { serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });

/** Waits for the next message of a process. Throws if the process ends before it sends a message. */
export async function nextMessage<T>(child: ChildProcess): Promise<T> {
	const gone = new AbortController();
	const [message] = (await Promise.race([
		once(child, 'message', { signal: gone.signal }),
		once(child, 'exit', { signal: gone.signal }).then(([code]) => {
			throw new Error(`a process of the benchmark ended with exit code ${code}; its output is above`);
		})
	]).finally(() => gone.abort())) as [T];
	return message;
}

/** Trace time is days in the past, so the index needs a longer window to hold the requests of the trace. */
export const INDEX_SETTINGS = { INDEX_WINDOW_HOURS: '240' };

export async function openSystem(
	testbed: Testbed,
	trace: Trace,
	{
		flags = [] as readonly string[],
		say = (_: string): void => {},
		onProgress = ((): void => {}) as OnProgress
	} = {}
) {
	const system = await testbed.startSystem({
		suppliers: SUPPLIERS,
		flags,
		settings: { ...INDEX_SETTINGS, BACKLOG_RECORDS: '4000000' }
	});
	await loadInventoryAndRequests(system, trace, say, onProgress);
	const keys = SUPPLIERS.map(({ slug }) => system.keys[slug]!);
	let urls: readonly string[] = [system.url];
	let listener = await listen();

	async function listen(): Promise<ChildProcess> {
		const process = startProcess('listen.ts');
		process.send({ urls, keys } satisfies ListenOrder);
		await nextMessage(process);
		return process;
	}

	/** Connects `perSupplier` idle clients for each Supplier. Returns a function that closes the clients. */
	async function connectIdleClients(perSupplier: number): Promise<() => Promise<void>> {
		const clients = startProcess('idle-clients.ts');
		clients.send({ url: system.url, keys, perSupplier } satisfies IdleClientsOrder);
		await nextMessage(clients);
		return async () => {
			if (clients.exitCode !== null)
				throw new Error(
					'the server closed an idle client, so the measurement had fewer clients than reported'
				);
			await stopProcess(clients, 'SIGTERM');
		};
	}

	return {
		...system,
		trace,
		connectIdleClients,
		/** Returns the web processes that get the calls of the stages. */
		urls: () => urls,
		/** From now on, the calls of the stages and the connections of the listener are spread over these web processes. */
		async spreadOver(webs: readonly string[]): Promise<void> {
			urls = webs;
			await stopProcess(listener, 'SIGTERM');
			listener = await listen();
		},
		/** Makes the listener wait for the Alerts of the order. */
		async expectAlerts(order: ExpectOrder): Promise<void> {
			listener.send(order);
			await nextMessage(listener);
		},
		/** Returns the number of expected Alerts that have arrived. */
		async arrivedCount(): Promise<number> {
			listener.send('count');
			return nextMessage<number>(listener);
		},
		async arrivals(): Promise<Arrivals> {
			listener.send('arrivals');
			return nextMessage<Arrivals>(listener);
		},
		async stop(): Promise<void> {
			await stopProcess(listener, 'SIGTERM');
			await system.stop();
		}
	};
}

/**
 * Loads the inventory and the Service Requests before `now` of the trace. Sets the completeness mark to the present:
 * trace time is in the past, so each explanation is final.
 */
async function loadInventoryAndRequests(
	system: System,
	trace: Trace,
	say: (line: string) => void,
	onProgress: OnProgress
): Promise<void> {
	const totalCalls = (trace.devices + trace.requests) / RECORDS_PER_CALL;
	let sent = 0;
	const post = async (path: string, body: string, type = 'application/x-ndjson'): Promise<void> => {
		for (;;) {
			const response = await fetch(`${system.url}/api/v1${path}`, {
				method: 'POST',
				headers: { authorization: `Bearer ${system.keys['*']}`, 'content-type': type },
				body
			});
			if (response.ok) return onProgress(++sent, totalCalls);
			if (response.status !== 503 && response.status !== 429)
				throw new Error(`POST ${path} was answered with ${response.status}: ${await response.text()}`);
			await pause(1000 * Number(response.headers.get('retry-after') ?? 1));
		}
	};
	const inLanes = async (bodies: Iterator<string>, path: string): Promise<void> => {
		const lane = async (): Promise<void> => {
			for (let body = bodies.next(); !body.done; body = bodies.next()) await post(path, body.value);
		};
		await Promise.all([lane(), lane(), lane()]);
	};
	await writeInventory(system.pool, trace, (devices) => onProgress(devices / RECORDS_PER_CALL, totalCalls));
	// In a real installation PostgreSQL already has statistics of the inventory.
	await system.pool.query('vacuum analyze device, tenure');
	sent = trace.devices / RECORDS_PER_CALL;
	say(`${formatNumber(trace.devices)} Devices are in the inventory`);
	// The past has the same density of requests as the later stages, so that the causes of the stages' Alerts exist.
	const past = createTrace({ ...trace.plan, requestsPerSecond: TRACE_REQUESTS_PER_SECOND });
	await inLanes(pastRequestBodies(past), '/service-requests');
	const mark = { source: 'bench', completeUntil: new Date().toISOString() };
	await post('/service-requests/completeness', JSON.stringify(mark), 'application/json');
	await settled(system);
	await system.pool.query('vacuum analyze service_request, request_key');
	say(`${formatNumber(trace.requests)} Service Requests are indexed`);
}

function* pastRequestBodies(trace: Trace): Generator<string> {
	for (let from = 0; from < trace.requests; from += RECORDS_PER_CALL)
		yield Array.from({ length: Math.min(RECORDS_PER_CALL, trace.requests - from) }, (_, i) =>
			trace.requestJsonAt(from + i)
		).join('\n');
}

/** Waits until the worker has stored every explanation that is due. Throws after two minutes. */
export const quiet = ({ pool }: System): Promise<void> =>
	pollUntil(async () => (await pool.query('select from doorbell limit 1')).rows.length === 0);

/** Waits until explaining, grouping into episodes and learning are done. */
export const settled = ({ pool }: System): Promise<void> =>
	pollUntil(async () => {
		const { rows } = await pool.query(
			'select from doorbell union all select from learn_due union all select from run_doubt limit 1'
		);
		return rows.length === 0;
	});

async function pollUntil(isDone: () => Promise<boolean>): Promise<void> {
	const end = Date.now() + SETTLE_TIMEOUT_MS;
	while (!(await isDone())) {
		if (Date.now() > end)
			throw new Error(
				`Causeway has not finished its work within ${SETTLE_TIMEOUT_MS / 1000} s after the last call`
			);
		await pause(50);
	}
}
