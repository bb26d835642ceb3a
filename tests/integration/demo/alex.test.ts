// Checks how Alex of the demo answers pages, on real pages: finds those beyond the first list, and says a refusal once.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Page } from '#lib/domain/on-call/page.ts';
import { addApiKey } from '#lib/server/access/administration.ts';
import { createAlex } from '../../../demo/alex.ts';
import { createCaller, type Call } from '../../../demo/client.ts';
import { setUpOnCall, type OnCallTest } from '../../support/on-call.ts';
import { aDevice, anAlert, newDeviceId } from '../../support/records.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

/** More pages than a list of the API holds if a caller names no limit. */
const PAGES = 54;
const AFTER_SECONDS = 30;

let system: System;
let onCall: OnCallTest;
beforeAll(async () => {
	system = await startSystem({ completeUntil: '2026-11-05T06:00:00.000Z' });
	onCall = await setUpOnCall(system);
	await onCall.route('never', { codes: ['8F0A'] });
	const deviceIds = Array.from({ length: PAGES }, newDeviceId);
	await system.post(
		'/devices',
		deviceIds.map((deviceId, i) => aDevice(deviceId, { area: `Z${i}` }))
	);
	await system.post(
		'/alerts',
		deviceIds.map((deviceId) => anAlert(deviceId))
	);
	const alerts = await eventually(async () => {
		const stored = await system.alerts('brightwell', '?limit=100');
		expect(stored.filter(({ explanation }) => explanation === 'unexplained')).toHaveLength(PAGES);
		return stored;
	});
	for (const { id } of alerts)
		expect((await system.call('POST', '/on-call/pages', 'brightwell', { alert: id })).status).toBe(201);
});
afterAll(async () => {
	await onCall.receiver[Symbol.asyncDispose]();
	await system[Symbol.asyncDispose]();
});

/** The pages without those that test a rota. */
const aboutAlerts = async (): Promise<Page[]> =>
	(await onCall.pages('?limit=200')).filter(({ subject }) => subject === 'alert');
const isOdd = ({ id }: Page): boolean => BigInt(id) % 2n === 1n;
const later = (seconds: number): number => Date.now() + seconds * 1000;

/** Records the lines that Alex says, and the calls that change something. */
function watched(key: string) {
	const call = createCaller(system.url, key);
	const [lines, posts]: [string[], string[]] = [[], []];
	const watchedCall: Call = (method, path, ...rest) => {
		if (method === 'POST') posts.push(path);
		return call(method, path, ...rest);
	};
	return { lines, posts, look: createAlex(watchedCall, AFTER_SECONDS, (line) => lines.push(line)) };
}

it('says a refusal once for each page, and leaves the page', async () => {
	const { rows } = await system.database.query<{ id: number }>(
		"select id from supplier where slug = 'brightwell'"
	);
	const { lines, posts, look } = watched(await addApiKey(system.database, rows[0]!.id, ['read']));
	for (let i = 0; i < 3; i++) await look(later(AFTER_SECONDS));
	const odd = (await aboutAlerts()).filter(isOdd);
	expect(odd.length).toBeGreaterThan(0);
	expect([...posts].sort()).toEqual(odd.map(({ id }) => `/on-call/pages/${id}/acknowledge`).sort());
	expect(lines).toHaveLength(odd.length);
	expect(lines[0]).toMatch(/^on call: Alex leaves page \d+, because its acknowledge was refused \(403\): /);
});

it('acknowledges and then decides every second page, also beyond the first list', async () => {
	const { lines, look } = watched(system.keys['brightwell']!);
	// Opening the pages takes a while, so the time counts from the first.
	const opened = Math.min(...(await aboutAlerts()).map(({ openedAt }) => Date.parse(openedAt)));
	await look(opened + (AFTER_SECONDS - 5) * 1000);
	expect(lines).toEqual([]);
	await look(later(AFTER_SECONDS));
	const acknowledged = (await aboutAlerts()).map((page) => [isOdd(page), page.state]);
	expect(acknowledged).toHaveLength(PAGES);
	expect(acknowledged).toEqual(acknowledged.map(([odd]) => [odd, odd ? 'acknowledged' : 'open']));
	await look(later(3 * AFTER_SECONDS));
	const decided = (await aboutAlerts()).filter(isOdd).map(({ resolved }) => resolved);
	expect(decided.length).toBeGreaterThan(PAGES / 3);
	expect(decided).toEqual(
		decided.map(() => expect.objectContaining({ verdict: 'actionable', channel: 'api' }) as object)
	);
});
