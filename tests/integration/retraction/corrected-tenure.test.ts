// Tests the correction of a tenure: records that a Supplier may no longer see leave every read and every connected client. They
// stay in the database, where only workers can read them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import { AlertChanged, FeedPage } from '#lib/domain/live-events.ts';
import { readBody, type BodyColumns } from '#lib/server/feed/body-reader.ts';
import type { StoredBody } from '#lib/server/feed/stored-body.ts';
import { holdFeed } from '../../support/held-lock.ts';
import {
	NORTH_GRID_USER_ID,
	BRIGHTWELL_USER_ID,
	aDevice,
	aRequest,
	anAlert,
	suppliedBy,
	newDeviceId
} from '../../support/records.ts';
import { eventually, startSystem, type SupplierSlug, type System } from '../../support/system.ts';

let system: System;
beforeAll(async () => {
	system = await startSystem({ completeUntil: '2026-11-06T00:00:00.000Z' });
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

/** The time of `anAlert()` lies between these two: a change of Supplier at either decides whose Alert it is. */
const [BEFORE, AFTER] = ['2026-11-04T00:00:00.000Z', '2026-11-06T00:00:00.000Z'];
const [ofBrightwell, ofHalden] = [
	suppliedBy('brightwell', [AFTER, 'halden']),
	suppliedBy('brightwell', [BEFORE, 'halden'])
];

const stateTenures = (deviceId: string, tenures: object[], fields: object = {}) =>
	system.post('/devices', aDevice(deviceId, { tenures, ...fields }));

async function anExplainedAlert(fields: Record<string, unknown> = {}) {
	const deviceId = newDeviceId();
	await stateTenures(deviceId, ofBrightwell);
	await system.post('/service-requests', aRequest(deviceId));
	await system.post('/alerts', anAlert(deviceId, fields));
	const alert = await system.becomes('brightwell', deviceId, { explanation: 'likely' });
	return { deviceId, alert };
}

const isGone = (slug: SupplierSlug, { id }: Pick<Alert, 'id'>): Promise<void> =>
	eventually(async () => expect((await system.get(slug, `/alerts/${id}`)).status).toBe(404));

const ignore = (slug: SupplierSlug, { id, version }: Pick<Alert, 'id' | 'version'>) =>
	system.call('POST', `/alerts/${id}/decision`, slug, { verdict: 'ignorable', reason: 'repeat', version });

const headOf = async (slug: SupplierSlug): Promise<number> => (await system.get(slug, '/alerts')).body.head;

describe('an Alert that turns out to lie in the tenure of another Supplier', () => {
	it('leaves every read of the former Supplier, and reads like an Alert that never existed', async () => {
		const { deviceId, alert } = await anExplainedAlert();
		await stateTenures(deviceId, ofHalden);
		await system.becomes('halden', deviceId, { explanation: 'likely', decision: null });
		await isGone('brightwell', alert);

		const [gone, unknown] = [
			await system.get('brightwell', `/alerts/${alert.id}`),
			await system.get('brightwell', '/alerts/123456789')
		];
		expect([gone.status, gone.body]).toEqual([unknown.status, unknown.body]);
		expect(await system.alerts('brightwell', `?device=${deviceId}`)).toEqual([]);
		for (const format of ['csv', 'ndjson']) {
			const { body } = await system.get('brightwell', `/exports/alerts.${format}`);
			expect(body).not.toContain(deviceId);
		}
		const timeline = await system.get(
			'brightwell',
			`/devices/${deviceId}/timeline?from=2026-11-01T00:00:00Z&to=2026-11-07T00:00:00Z`
		);
		expect(timeline.body.items.map((item: { kind: string }) => item.kind)).toEqual(['tenure']);
		const decided = await ignore('brightwell', alert);
		expect([decided.status, decided.body]).toEqual([gone.status, gone.body]);
		const several = await system.call('POST', '/decisions', 'brightwell', {
			items: [{ id: alert.id, version: alert.version }],
			verdict: 'ignorable',
			reason: 'repeat'
		});
		expect(several.body).toEqual({ done: [], conflicts: [{ id: alert.id, version: null }] });
	});

	it('has an entry in the gapless feed that names only its id, and the socket pushes the same', async () => {
		const before = await headOf('brightwell');
		const { deviceId, alert } = await anExplainedAlert();
		const socket = await system.connect('brightwell');
		const frames: AlertChanged[] = [];
		socket.on('alert:changed', (frame) => frames.push(AlertChanged.parse(frame)));
		await stateTenures(deviceId, ofHalden);
		await isGone('brightwell', alert);

		const page = FeedPage.parse((await system.get('brightwell', `/feed?after=${before}`)).body);
		const seqs = [...page.items, ...page.retracted].map((entry) => entry.seq).sort((a, b) => a - b);
		expect(seqs).toEqual(Array.from({ length: page.head - before }, (_, i) => before + 1 + i));
		expect(page.items.filter((item) => item.id === alert.id)).toEqual([]);
		const { seq } = page.retracted.findLast((entry) => entry.id === alert.id)!;
		expect(seq).toBeGreaterThan(alert.seq);
		await eventually(() => expect(frames.flatMap((f) => f.retracted)).toEqual([{ id: alert.id, seq }]));
		expect(frames.flatMap((frame) => frame.items)).toEqual([]);
		expect(frames.at(-1)).toMatchObject({ to: seq });
	});

	it('is stored with its last explanation and decision, in a table that workers can only read and add to', async () => {
		const { deviceId, alert } = await anExplainedAlert();
		const decided = (await ignore('brightwell', alert)).body as Alert;
		await stateTenures(deviceId, ofHalden);
		await isGone('brightwell', alert);
		const { rows } = await system.database.query(
			`select version, explanation, decision, body, columns from retracted_alert where alert_id = $1`,
			[alert.id]
		);
		const { version, decision } = decided;
		expect(rows).toMatchObject([{ version, explanation: 'likely', decision }]);
		const archived = readBody(rows[0].body as StoredBody, rows[0].columns as BodyColumns);
		expect(alert).toMatchObject(archived);
		const { rows: decisions } = await system.database.query(
			'select verdict from decision where alert_id = $1',
			[alert.id]
		);
		expect(decisions).toEqual([{ verdict: 'ignorable' }]);
		const { rows: grants } = await system.database.query(
			`select grantee, privilege_type from information_schema.role_table_grants
			 where table_name = 'retracted_alert' and grantee like 'causeway\\_%' order by 2`
		);
		expect(grants).toEqual([
			{ grantee: 'causeway_worker', privilege_type: 'INSERT' },
			{ grantee: 'causeway_worker', privilege_type: 'SELECT' }
		]);
	});

	it('comes back in a higher version and with its decision when the tenure is corrected back', async () => {
		const { deviceId, alert } = await anExplainedAlert();
		const decided = (await ignore('brightwell', alert)).body as Alert;
		for (let round = 0; round < 2; round++) {
			await stateTenures(deviceId, ofHalden);
			await isGone('brightwell', alert);
			await stateTenures(deviceId, ofBrightwell);
			const back = await system.becomes('brightwell', deviceId, { id: alert.id });
			expect(back).toMatchObject({ explanation: 'likely', decision: decided.decision });
			expect(back.version).toBe(decided.version + 1 + round);
			await isGone('halden', alert);
			expect((await ignore('brightwell', decided)).status).toBe(409);
		}
		const open = await system.alerts('brightwell', `?device=${deviceId}&decision=open`);
		expect(open).toEqual([]);
	});

	it('stays out of scope with a Supplier that it was addressed to, and no longer names the suspect', async () => {
		const { deviceId, alert } = await anExplainedAlert({ recipientId: BRIGHTWELL_USER_ID });
		await ignore('brightwell', alert);
		await stateTenures(deviceId, ofHalden);
		const remaining = await system.becomes('brightwell', deviceId, { explanation: 'out-of-scope' });
		expect(remaining).toMatchObject({ id: alert.id, candidates: [], decision: { verdict: 'ignorable' } });
		expect(JSON.stringify(remaining)).not.toContain(NORTH_GRID_USER_ID);
	});

	it('leaves the Supplier whose key fed it, and is no evidence for the other Supplier', async () => {
		const deviceId = newDeviceId();
		await stateTenures(deviceId, suppliedBy('brightwell'));
		await system.call('POST', '/alerts', 'brightwell', anAlert(deviceId));
		const alert = await system.becomes('brightwell', deviceId, { fedBy: 'supplier' });
		await stateTenures(deviceId, suppliedBy('halden'));
		await isGone('brightwell', alert);
		expect(await system.alerts('halden', `?device=${deviceId}`)).toEqual([]);
	});
});

describe('a correction', () => {
	it('is committed together with the doorbell of its job', async () => {
		const deviceId = newDeviceId();
		const systemWithoutWorker = await startSystem({ worker: false });
		await systemWithoutWorker.post('/devices', aDevice(deviceId, { tenures: ofBrightwell }));
		const { rows } = await systemWithoutWorker.database.query(
			`select distinct d.job from doorbell d join tenure t on t.recorded_at = d.rung_at where t.device_id = decode($1, 'hex')`,
			[deviceId.replaceAll('-', '')]
		);
		expect(rows).toEqual([{ job: 'correlate-devices' }]);
		await systemWithoutWorker[Symbol.asyncDispose]();
	});

	it('retracts a first explanation that was read before it and is written after it', async () => {
		const deviceId = newDeviceId();
		await stateTenures(deviceId, ofBrightwell);
		const before = await headOf('brightwell');
		// The first explanation waits between its reading and its writing: for the lock of the Supplier's feed.
		await using feed = await holdFeed(system, 'brightwell');
		const workerSessionsWaiting = async (): Promise<number> => {
			const { rows } = await system.database.query<{ count: string }>(
				`select count(*) from pg_stat_activity
				 where datname = current_database() and application_name = 'causeway_worker' and wait_event_type = 'Lock'`
			);
			return Number(rows[0]!.count);
		};
		await system.post('/alerts', anAlert(deviceId));
		await eventually(async () => expect(await workerSessionsWaiting()).toBe(1));
		await stateTenures(deviceId, ofHalden);
		await eventually(async () => {
			const explained = await system.alerts('halden', `?device=${deviceId}`);
			expect((await workerSessionsWaiting()) > 1 || explained.length > 0).toBe(true);
		});
		await feed.release();
		const { id } = await system.becomes('halden', deviceId, {});
		await eventually(async () => {
			const { body } = await system.get('brightwell', `/feed?after=${before}`);
			expect(body.retracted.map((entry: { id: string }) => entry.id)).toContain(id);
		});
		expect((await system.get('brightwell', `/alerts/${id}`)).status).toBe(404);
	});
});

describe('a request that turns out to lie in the tenure of another Supplier', () => {
	it('leaves the candidates, and the basis of the decision that names it', async () => {
		const { deviceId, alert } = await anExplainedAlert();
		await ignore('brightwell', alert);
		// Between the request (02:13:40) and the Alert (02:14:07).
		await stateTenures(deviceId, suppliedBy('halden', ['2026-11-05T02:14:00.000Z', 'brightwell']));
		const remaining = await system.becomes('brightwell', deviceId, { explanation: 'unexplained' });
		expect(remaining).toMatchObject({
			id: alert.id,
			candidates: [],
			excluded: [],
			decision: { verdict: 'ignorable', basis: { explanation: 'likely', suspect: null } },
			notes: ['Activity before the start of your supply is not visible.']
		});
		expect(JSON.stringify(remaining)).not.toContain(NORTH_GRID_USER_ID);
		const timeline = await system.get(
			'brightwell',
			`/devices/${deviceId}/timeline?from=2026-11-01T00:00:00Z&to=2026-11-07T00:00:00Z`
		);
		expect(timeline.body.items.map((item: { kind: string }) => item.kind)).toEqual(['tenure', 'alert']);
	});
});

describe('an episode', () => {
	it('does not count retracted Alerts, and is gone with its last Alert', async () => {
		const deviceIds = [newDeviceId(), newDeviceId()];
		const hubId = newDeviceId();
		for (const id of deviceIds) await stateTenures(id, ofBrightwell, { hubId });
		await system.post(
			'/service-requests',
			deviceIds.map((id) => aRequest(id))
		);
		await system.post(
			'/alerts',
			deviceIds.flatMap((id) => [anAlert(id), anAlert(id)])
		);
		const members = (): Promise<Alert[]> => system.alerts('brightwell', `?hub=${hubId}`);
		const { episodeId } = await eventually(async () => {
			const alerts = await members();
			expect(new Set(alerts.map((alert) => alert.episodeId)).size).toBe(1);
			expect(alerts).toHaveLength(4);
			expect(alerts[0]!.episodeId).not.toBeNull();
			return alerts[0]!;
		});
		const episode = () => system.get('brightwell', `/episodes/${episodeId}`);
		expect((await episode()).body).toMatchObject({ members: 4, devices: 2 });

		await stateTenures(deviceIds[0]!, ofHalden, { hubId });
		await eventually(async () => expect(await members()).toHaveLength(2));
		const remaining = (await episode()).body;
		expect(remaining).toMatchObject({ members: 2, devices: 1, facts: { deviceId: deviceIds[1] } });

		await stateTenures(deviceIds[1]!, ofHalden, { hubId });
		await eventually(async () => expect(await members()).toEqual([]));
		expect((await episode()).status).toBe(404);
		const decided = await system.call('POST', '/decisions', 'brightwell', {
			episode: episodeId,
			version: 99,
			verdict: 'ignorable',
			reason: 'repeat'
		});
		expect(decided.status).toBe(404);
		expect(JSON.stringify((await system.get('brightwell', '/episodes')).body)).not.toContain(deviceIds[0]);
	});
});
