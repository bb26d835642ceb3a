// Measures the time from the storing of an Alert until the webhook of its page is received, at the national load.
import { createServer } from 'node:http';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';
import { instantOfId } from '#lib/server/postgres/record-id.ts';
import { formatMs, formatNumber } from './format.ts';
import { NATIONAL_LOAD } from './national-load.ts';
import type { BenchContext, Task } from './report/rounds.ts';
import { percentiles } from './stage.ts';
import type { LoadedSystem } from './system.ts';
import { SUPPLIERS } from './trace.ts';

/** The routes of each Supplier, and the areas of each route. Together they page about a few Alerts in a thousand. */
const ROUTES = 15;
const AREAS_PER_ROUTE = 2;
const DRAIN_TIMEOUT_MS = 60_000;

export function pages({ options, measured, stageRunner }: BenchContext): Task {
	const seconds = options.amounts.fixedRateSeconds;
	const name = 'pages at the national load';
	return {
		name,
		expectedSeconds: seconds + 20,
		async run(onProgress) {
			const { system, runAtFixedRate } = stageRunner();
			const receiver = await startReceiver();
			try {
				await setUp(system, receiver.url);
				receiver.delaysMs.length = 0;
				const stage = await runAtFixedRate(
					name,
					{
						alerts: NATIONAL_LOAD.alertsPerSecond,
						requests: NATIONAL_LOAD.serviceRequestsPerSecond,
						seconds
					},
					onProgress
				);
				await drained(system);
				const latencyMs = percentiles(Float64Array.from(receiver.delaysMs));
				measured.pages = {
					pages: receiver.delaysMs.length,
					alertsPerSecond: stage.alertsPerSecond,
					latencyMs
				};
				return `${formatNumber(receiver.delaysMs.length)} pages, p50 ${formatMs(latencyMs.p50)}, p99 ${formatMs(latencyMs.p99)}`;
			} finally {
				await system.pool.query('delete from on_call_route');
				receiver.close();
			}
		}
	};
}

/** Starts a receiver. `delaysMs`: the time of each opened page from the storing of its Alert, in ms. */
async function startReceiver() {
	const delaysMs: number[] = [];
	const server = createServer((req, res) => {
		const receivedAt = Date.now();
		const chunks: Buffer[] = [];
		req.on('data', (chunk: Buffer) => chunks.push(chunk));
		req.on('end', () => {
			res.writeHead(204).end();
			const { type, data } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
			if (type === 'causeway.page.opened' && data.alert)
				delaysMs.push(receivedAt - instantOfId(BigInt(data.alert.id)));
		});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		delaysMs,
		close: () => server.close()
	};
}

/** Gives each Supplier a channel to the receiver, and its routes. */
async function setUp(system: LoadedSystem, url: string): Promise<void> {
	for (const { slug } of SUPPLIERS) {
		const put = async (path: string, body: object): Promise<void> => {
			const response = await fetch(`${system.url}/api/v1/on-call/${path}`, {
				method: 'PUT',
				headers: { authorization: `Bearer ${system.keys[slug]}`, 'content-type': 'application/json' },
				body: JSON.stringify(body)
			});
			if (!response.ok)
				throw new Error(`PUT ${path} was answered with ${response.status}: ${await response.text()}`);
		};
		await put('channels/receiver', { kind: 'webhook', url });
		for (let route = 0; route < ROUTES; route++) {
			const areas = Array.from({ length: AREAS_PER_ROUTE }, (_, i) => `A${route * AREAS_PER_ROUTE + i}`);
			await put(`routes/route ${route}`, { when: { areas }, channels: ['receiver'] });
		}
	}
}

/** Waits until every delivery has its outcome. */
async function drained({ pool }: LoadedSystem): Promise<void> {
	const end = Date.now() + DRAIN_TIMEOUT_MS;
	while ((await pool.query('select from delivery where next_at is not null limit 1')).rows.length > 0) {
		if (Date.now() > end)
			throw new Error(`deliveries still wait ${DRAIN_TIMEOUT_MS / 1000} s after the load`);
		await pause(50);
	}
}
