// Checks how Kim of the demo clears the desk, on real Alerts: decides what one command explains, and leaves the rest.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addApiKey } from '#lib/server/access/administration.ts';
import { createCaller } from '../../../demo/client.ts';
import { createKim } from '../../../demo/kim.ts';
import { aDevice, aRequest, anAlert, newDeviceId } from '../../support/records.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

const AFTER_SECONDS = 90;
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
const RECEIVED = Date.parse('2026-11-05T02:00:00.000Z');

it('says a refusal once, and leaves the Alert', async () => {
	const lines: string[] = [];
	const { rows } = await system.database.query<{ id: number }>(
		"select id from supplier where slug = 'brightwell'"
	);
	const key = await addApiKey(system.database, rows[0]!.id, ['read']);
	const look = createKim(createCaller(system.url, key), AFTER_SECONDS, (line) => lines.push(line));
	for (let i = 0; i < 3; i++) await look(Date.now());
	expect(lines).toHaveLength(1);
	expect(lines[0]).toMatch(/^desk: Kim leaves 1, because the decision was refused \(403\): /);
});

it('decides an explained Alert when it has waited, and leaves an unexplained Alert to the person', async () => {
	const lines: string[] = [];
	const look = createKim(createCaller(system.url, system.keys['brightwell']!), AFTER_SECONDS, (line) =>
		lines.push(line)
	);
	await look(RECEIVED);
	expect(await decisionOf(explained)).toBeNull();
	await look(Date.now());
	expect(lines).toEqual(['desk: Kim decides 1 explained: ignorable']);
	expect(await decisionOf(explained)).toMatchObject({ verdict: 'ignorable', reason: 'other-user-command' });
	expect(await decisionOf(unexplained)).toBeNull();
});
