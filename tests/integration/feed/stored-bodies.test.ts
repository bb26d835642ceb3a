// Tests the stored form of explanations: what is pushed is what is read, and rows of before facts were stored stay as they
// are.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import { AlertChanged } from '#lib/domain/live-events.ts';
import { NORTH_GRID_USER_ID, aDevice, aRequest, anAlert, newDeviceId } from '../../support/records.ts';
import { allAlerts, settled } from '../../support/supplier-reads.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';
import { sendVariedAlerts } from '../../support/varied-alerts.ts';

let system: System;
const pushed = new Map<string, Alert>();
beforeAll(async () => {
	system = await startSystem({ completeUntil: '2026-11-06T00:00:00.000Z' });
	const socket = await system.connect('brightwell');
	socket.on('alert:changed', (frame) => {
		for (const item of AlertChanged.parse(frame).items) pushed.set(item.id, item);
	});
	await sendVariedAlerts(system);
	await settled(system);
}, 120_000);
afterAll(() => system?.[Symbol.asyncDispose]());

const bodyOf = async (id: string) =>
	(
		await system.database.query<{ text: string; version: number }>(
			`select body::text as text, version from supplier_alert where alert_id = $1
				and supplier_id = (select id from supplier where slug = 'brightwell')`,
			[id]
		)
	).rows[0]!;

/** Stores a whole body, as Causeway did before it stored facts. */
const storeWhole = (id: string, body: object) =>
	system.database.query(
		`update supplier_alert set body = $2::json where alert_id = $1
			and supplier_id = (select id from supplier where slug = 'brightwell')`,
		[id, JSON.stringify(body)]
	);

/** Returns a whole body of before Causeway kept who fed a record. */
function wholeBodyOf({ fedBy: _, candidates, ...alert }: Alert) {
	const beside = ['version', 'seq', 'decision', 'notice', 'episodeId', 'shelved', 'assignee', 'comments'];
	const body = Object.fromEntries(Object.entries(alert).filter(([name]) => !beside.includes(name)));
	return { ...body, candidates: candidates.map(({ fedBy: _own, ...candidate }) => candidate) };
}

/** Has an Alert explained again by the same evidence. */
async function explainAgain({ id }: Alert): Promise<void> {
	await system.database.query(
		`insert into doorbell (job, ids, rung_at) values ('correlate-again', array[$1::bigint], now() - interval '1 hour')`,
		[id]
	);
	await settled(system);
}

async function anExplainedAlert(): Promise<Alert> {
	const deviceId = newDeviceId();
	await system.post('/devices', aDevice(deviceId));
	await system.post('/service-requests', aRequest(deviceId));
	await system.post('/alerts', anAlert(deviceId));
	return (await system.becomes('brightwell', deviceId, { explanation: 'likely' })) as Alert;
}

describe('explanations stored as facts', () => {
	it('are read as they were pushed', async () => {
		const read = await allAlerts(system, 'brightwell');
		expect(read.length).toBeGreaterThan(100);
		await eventually(() => {
			for (const alert of read) expect(pushed.get(alert.id)).toEqual(alert);
		});
		const { body } = await system.get('brightwell', `/alerts/${read[0]!.id}`);
		expect(body).toMatchObject({ id: read[0]!.id, candidates: read[0]!.candidates });
	});

	it('take at most 700 bytes on average, and no sentence of the cause table', async () => {
		const { rows } = await system.database.query<{ bytes: number; sentences: number }>(
			`select avg(octet_length(body::text))::int as bytes,
				count(*) filter (where body::text like '%certificate than%')::int as sentences from supplier_alert`
		);
		expect(rows[0]!.bytes).toBeLessThan(700);
		expect(rows[0]!.sentences).toBe(0);
	});

	it('take their words from the version of the cause table that explained them', async () => {
		const alert = await anExplainedAlert();
		await system.database.query(`
			insert into cause_table (version, body, status, drafted_by, drafted_by_id, activated_at)
			select '2001-01-01', replace(replace(body::text, 'than the one that signed', 'than the one that the fitter used for'), version, '2001-01-01')::jsonb,
				'retired', 't', 't', now() from cause_table where status = 'active'`);
		await system.database.query(`select keep_cause_words('2001-01-01')`);
		await system.database.query(
			`update supplier_alert set table_version = '2001-01-01' where alert_id = $1`,
			[alert.id]
		);
		const texts = async () =>
			(await system.alerts('brightwell', `?device=${alert.deviceId}`))[0]!.candidates[0]!.reasons.map(
				({ text }) => text
			);
		expect((await texts())[0]).toBe(
			'The Device holds another network operator certificate than the one that the fitter used for the command.'
		);
		// The present table has other words for the same facts, so the explanation has changed.
		const { version } = await bodyOf(alert.id);
		await explainAgain(alert);
		expect((await texts())[0]).toBe(alert.candidates[0]!.reasons[0]!.text);
		expect((await bodyOf(alert.id)).version).toBe(version + 1);
	});
});

describe('an explanation stored whole', () => {
	it('is read with its own words, and is found by them', async () => {
		const alert = await anExplainedAlert();
		await storeWhole(alert.id, { ...wholeBodyOf(alert), summary: 'These words are old.' });
		const [read] = await system.alerts('brightwell', `?device=${alert.deviceId}&q=words are old`);
		expect(read).toEqual({ ...alert, summary: 'These words are old.' });
		expect(read!.candidates[0]).toMatchObject({ userId: NORTH_GRID_USER_ID, fedBy: 'installation' });
	});

	it('stays as it is when it is explained again with the same result', async () => {
		const alert = await anExplainedAlert();
		await storeWhole(alert.id, wholeBodyOf(alert));
		const before = await bodyOf(alert.id);
		await explainAgain(alert);
		expect(await bodyOf(alert.id)).toEqual(before);
	});

	it('is replaced by facts when its explanation changes', async () => {
		const alert = await anExplainedAlert();
		await storeWhole(alert.id, { ...wholeBodyOf(alert), summary: 'These words are old.' });
		await explainAgain(alert);
		const [read] = await system.alerts('brightwell', `?device=${alert.deviceId}`);
		expect(read).toMatchObject({ summary: alert.summary, version: alert.version + 1 });
		expect(JSON.parse((await bodyOf(alert.id)).text)).toMatchObject({ v: 1 });
	});
});
