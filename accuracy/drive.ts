// Sends a delivery through the public API, waits until Causeway has explained everything, and reads the explanations.
import { setTimeout as pause } from 'node:timers/promises';
import type { Alert } from '#lib/domain/alert.ts';
import type { System } from '../launcher/testbed.ts';
import type { ReadAlert } from './canonical.ts';
import type { Item } from './delivery.ts';
import { VIEWERS } from './system.ts';

const BATCH_SIZE = 400;
const SETTLE_TIMEOUT_MS = 240_000;

async function call(url: string, key: string, init: RequestInit, type?: string): Promise<Response> {
	for (let attempt = 0; ; attempt++) {
		const response = await fetch(url, {
			...init,
			headers: { authorization: `Bearer ${key}`, ...(type ? { 'content-type': type } : {}) },
			signal: AbortSignal.timeout(60_000)
		}).catch((error: Error) => error);
		if (response instanceof Response && response.status !== 429 && response.status < 500) {
			if (response.ok) return response;
			throw new Error(
				`${url} was answered with ${response.status}: ${(await response.text()).slice(0, 300)}`
			);
		}
		if (attempt === 6)
			throw new Error(
				`${url}: ${response instanceof Error ? response.message : `answered with ${response.status}`} (after ${attempt + 1} attempts)`
			);
		await pause(200 * 2 ** attempt);
	}
}

/** Posts records. Throws if Causeway rejects a record, because the corpus must be valid. */
export async function post(system: System, path: string, body: unknown): Promise<void> {
	const init = { method: 'POST', body: JSON.stringify(body) };
	const answer = await call(`${system.url}/api/v1${path}`, system.keys['*']!, init, 'application/json');
	if (answer.status === 204) return;
	const { rejected } = (await answer.json()) as { rejected?: Array<{ index: number; error: string }> };
	if (rejected?.length)
		throw new Error(
			`${path} rejected ${rejected.length} records of the corpus; the first: ${rejected[0]!.error}`
		);
}

export const markComplete = (system: System, until: number): Promise<void> =>
	post(system, '/service-requests/completeness', {
		source: 'sat',
		completeUntil: new Date(until).toISOString()
	});

/** Sends the items in their order, in batches. */
export async function send(system: System, items: readonly Item[]): Promise<void> {
	for (let i = 0; i < items.length; i += BATCH_SIZE) {
		const group = items.slice(i, i + BATCH_SIZE);
		const requests = group.filter((item) => item.path === '/service-requests').map((item) => item.body);
		const alerts = group.filter((item) => item.path === '/alerts').map((item) => item.body);
		await Promise.all([
			requests.length > 0 ? post(system, '/service-requests', requests) : Promise.resolve(),
			alerts.length > 0 ? post(system, '/alerts', alerts) : Promise.resolve()
		]);
	}
}

export async function sendDevices(system: System, devices: readonly unknown[]): Promise<void> {
	for (let i = 0; i < devices.length; i += BATCH_SIZE)
		await post(system, '/devices', devices.slice(i, i + BATCH_SIZE));
}

/** Waits until Causeway has no work left and `until` is true. */
export async function settle(
	system: System,
	until: () => Promise<boolean> = async () => true
): Promise<void> {
	const end = Date.now() + SETTLE_TIMEOUT_MS;
	// Causeway shows the counts of learned evidence two seconds late, so Causeway must be idle for longer than two seconds.
	for (let quiet = 0; quiet < 15;) {
		quiet = (await system.isBusy()) || !(await until()) ? 0 : quiet + 1;
		if (Date.now() > end)
			throw new Error(`Causeway has not finished its work within ${SETTLE_TIMEOUT_MS / 1000} s`);
		await pause(150);
	}
}

/** Counts the explanations that are `pending`, up to 500 for each Supplier. */
export async function pending(system: System): Promise<number> {
	let count = 0;
	for (const viewer of VIEWERS) {
		const url = `${system.url}/api/v1/alerts?explanation=pending&limit=500`;
		const page = (await (await call(url, system.keys[viewer]!, {})).json()) as { items: unknown[] };
		count += page.items.length;
	}
	return count;
}

/** Reads every Alert of every Supplier. */
export async function readAll(system: System): Promise<ReadAlert[]> {
	const read: ReadAlert[] = [];
	for (const viewer of VIEWERS) {
		const answer = await call(`${system.url}/api/v1/exports/alerts.ndjson`, system.keys[viewer]!, {});
		for (const line of (await answer.text()).split('\n'))
			if (line) read.push({ viewer, alert: JSON.parse(line) as Alert });
	}
	return read;
}
