// Checks how Kim of the demo clears the desk, on real Alerts: decides what one command explains, and leaves the rest.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addApiKey } from '#lib/server/access/administration.ts';
import { createCaller } from '../../../demo/client.ts';
import { createKim } from '../../../demo/kim.ts';
import { aDevice, aRequest, anAlert, newDeviceId } from '../../support/records.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

const explained = newDeviceId();
const unexplained = newDeviceId();

let system: System;
beforeAll(async () => {
	system = await startSystem({ completeUntil: '2026-11-05T06:00:00.000Z' });
	await system.post('/devices', [aDevice(explained), aDevice(unexplained)]);
	await system.post('/service-requests', [aRequest(explained)]);
	await system.post('/alerts', [anAlert(explained), anAlert(unexplained)]);
	await eventually(async () => {
		const kinds = (await system.alerts('brightwell', '')).map(({ explanation }) => explanation);
		expect(kinds.sort()).toEqual(['likely', 'unexplained']);
	});
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

const decisionOf = async (deviceId: string) =>
	(await system.alerts('brightwell', `?device=${deviceId}`))[0]!.decision;
/** The Alerts of the test were received at a fixed time, and Kim counts from there. */
const RECEIVED = Date.parse('2026-11-05T02:14:19.000Z');

it('says each refusal once, and leaves the Alerts', async () => {
	const lines: string[] = [];
	const { rows } = await system.database.query<{ id: number }>(
		"select id from supplier where slug = 'brightwell'"
	);
	const key = await addApiKey(system.database, rows[0]!.id, ['read']);
	const look = createKim(createCaller(system.url, key), (line) => lines.push(line));
	for (let i = 0; i < 3; i++) await look(Date.now());
	expect(lines).toHaveLength(2);
	expect(lines[0]).toMatch(/^desk: Kim leaves 1, because the decision was refused \(403\): /);
});

it('decides an explained Alert soon, and an unexplained Alert when nobody has taken it for a quarter of an hour', async () => {
	const lines: string[] = [];
	const look = createKim(createCaller(system.url, system.keys['brightwell']!), (line) => lines.push(line));
	await look(RECEIVED + 60_000);
	expect(lines).toEqual([]);
	await look(RECEIVED + 3 * 60_000);
	expect(lines).toEqual(['desk: Kim decides 1: ignorable, other-user-command']);
	expect(await decisionOf(explained)).toMatchObject({ verdict: 'ignorable', reason: 'other-user-command' });
	expect(await decisionOf(unexplained)).toBeNull();
	await look(RECEIVED + 20 * 60_000);
	expect(lines.slice(1)).toEqual(['desk: Kim decides 1: actionable, no-command']);
	expect(await decisionOf(unexplained)).toMatchObject({ verdict: 'actionable', reason: 'no-command' });
});
