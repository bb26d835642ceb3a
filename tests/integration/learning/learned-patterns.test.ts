// Tests learned patterns: a pattern that the cause table does not contain becomes a candidate with its figures, until a person
// dismisses it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSampled } from '#lib/domain/learned-evidence.ts';
import { euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { sampledHome } from '#lib/server/learning/learned-counts.ts';
import { joinAs } from '../../support/members.ts';
import { PARTIES } from '../../../demo/world.ts';
import { aHome, answered, newDeviceId, november, raised, type Home } from '../../support/records.ts';
import {
	UNLISTED_CODE,
	UNLISTED_PATTERN,
	oldestAlert,
	homesWithUnlistedCause,
	reportComplete
} from '../../support/unlisted-cause.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

const { affectedHomes, devices, requests, alerts } = homesWithUnlistedCause();

async function startLearning(): Promise<System> {
	const system = await startSystem({ settings: { LEARN_EVERY_SECONDS: '0.2' } });
	await reportComplete(system);
	return system;
}

const patternsOf = async (system: System) => (await system.get('brightwell', '/learned-patterns')).body.items;
const samplesOf = async (system: System): Promise<number> =>
	(await system.database.query<{ n: number }>('select count(*)::int as n from learned_sample')).rows[0]!.n;

const { metrix } = PARTIES;

let system: System;
beforeAll(async () => {
	system = await startLearning();
	await system.post('/devices', devices);
	await system.post('/service-requests', requests);
	await system.post('/alerts', alerts);
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

describe('a pattern that the cause table does not contain', () => {
	it('becomes a weak candidate after fifty occurrences, and gives its figures as the reason', async () => {
		const alert = await eventually(
			async () => {
				const found = await oldestAlert(system, affectedHomes[7]!);
				expect(found.candidates[0]?.reasons.map((reason) => reason.code)).toEqual(
					expect.arrayContaining(['learned', 'frequency'])
				);
				return found;
			},
			{ timeout: 20_000 }
		);
		expect(alert.explanation).toBe('ambiguous');
		expect(alert.candidates[0]).toMatchObject({
			serviceReferenceVariant: '6.2.4',
			userRole: 'RSA',
			tier: 'weak'
		});
		await eventually(async () => {
			const { reasons } = (await oldestAlert(system, affectedHomes[7]!)).candidates[0]!;
			expect(reasons.at(-1)!.text).toMatch(
				/^It was seen before 50 of 50 such Alerts within 30 s. By chance, it would be seen before less than 1\. /
			);
		});
	});

	it('is offered for review with its figures, and only to the Supplier of its Alerts', async () => {
		await eventually(async () =>
			expect(await patternsOf(system)).toMatchObject([
				{ ...UNLISTED_PATTERN, seen: 50, of: 50, devices: 50, byChance: 0, offered: true, review: null }
			])
		);
		expect((await system.get('halden', '/learned-patterns')).body.items).toEqual([]);
	});

	it('has the same figures if the Alerts arrive first, in reverse order, and the audit records last', async () => {
		const reversed = await startLearning();
		try {
			await reversed.post('/alerts', alerts.toReversed());
			await reversed.post('/devices', devices.toReversed());
			await reversed.post('/service-requests', requests.toReversed());
			await eventually(
				async () => {
					expect(await patternsOf(reversed)).toEqual(await patternsOf(system));
					expect(await samplesOf(reversed)).toBe(110);
					const [alert, alertOfReversed] = [
						await oldestAlert(system, affectedHomes[7]!),
						await oldestAlert(reversed, affectedHomes[7]!)
					];
					expect(alertOfReversed.candidates).toEqual(alert.candidates);
				},
				{ timeout: 40_000 }
			);
		} finally {
			await reversed[Symbol.asyncDispose]();
		}
	}, 90_000);

	it('stops being a candidate when a person dismisses it, and is a candidate again when that is taken back', async () => {
		const lead = await joinAs(system, 'brightwell', 'lead', 'Review Lead');
		const controller = await joinAs(system, 'brightwell', 'controller', 'Review Controller');
		const review = (dismissed: boolean) => ({ ...UNLISTED_PATTERN, dismissed });
		expect((await controller.call('POST', '/learned-patterns/review', review(true))).status).toBe(403);
		expect(
			(await lead.call('POST', '/learned-patterns/review', { ...review(true), code: '8F30' })).status
		).toBe(404);

		expect((await lead.call('POST', '/learned-patterns/review', review(true))).status).toBe(204);
		const reasonCodes = async () =>
			(await oldestAlert(system, affectedHomes[7]!)).candidates.flatMap((c) =>
				c.reasons.map((reason) => reason.code)
			);
		await eventually(async () => expect(await reasonCodes()).not.toContain('learned'), { timeout: 20_000 });
		expect(await patternsOf(system)).toMatchObject([
			{ offered: false, review: { dismissed: true, by: 'Review Lead' } }
		]);

		expect((await lead.call('POST', '/learned-patterns/review', review(false))).status).toBe(204);
		await eventually(async () => expect(await reasonCodes()).toContain('learned'), { timeout: 20_000 });
	});

	it('applies to longer delays once later Alerts show them, also for Alerts that were explained before', async () => {
		const [soonAfterRead, longAfterRead] = [25, 60].map((n) => Array.from({ length: n }, () => aHome())) as [
			Home[],
			Home[]
		];
		const read = (home: Home) => answered(metrix, home.electricityMeter, '6.2.5', november(5, '12:00:00'));
		const reasons = async (home: Home) =>
			(await oldestAlert(system, home)).candidates.flatMap((c) => c.reasons.map((reason) => reason.code));
		await system.post(
			'/devices',
			[...soonAfterRead, ...longAfterRead].flatMap((home) => home.devices)
		);
		await system.post('/service-requests', [...soonAfterRead, ...longAfterRead].map(read));
		await system.post(
			'/alerts',
			soonAfterRead.map((home) => raised(home.electricityMeter, '81A0', november(5, '12:00:15')))
		);
		await eventually(async () => expect(await reasons(soonAfterRead[0]!)).toContain('learned'), {
			timeout: 20_000
		});
		await system.post(
			'/alerts',
			longAfterRead.map((home) => raised(home.electricityMeter, '81A0', november(5, '12:40:00')))
		);
		await eventually(
			async () => {
				for (const home of [longAfterRead[0]!, longAfterRead[30]!, longAfterRead[59]!])
					expect(await reasons(home)).toContain('learned');
			},
			{ timeout: 20_000 }
		);
	});

	it("no longer counts Alerts of Devices that turn out to be another Supplier's", async () => {
		const moved = affectedHomes.slice(0, 3).flatMap((home) =>
			home.devices.map((device) => ({
				...device,
				tenures: [{ supplier: 'halden', from: '2025-01-01T00:00:00.000Z', to: null }]
			}))
		);
		await system.post('/devices', moved);
		await eventually(
			async () =>
				expect(await patternsOf(system)).toContainEqual(
					expect.objectContaining({ code: UNLISTED_CODE, seen: 47, of: 47, devices: 47 })
				),
			{ timeout: 20_000 }
		);
	});
});

it('the database and the worker choose the same sample of homes', async () => {
	const homes = Array.from({ length: 500 }, () => newDeviceId());
	for (const share of [1, 7, 400]) {
		const { rows } = await system.database.query<{ sampled: boolean }>(
			`select ${sampledHome('home', '$2::int')} as sampled from unnest($1::bytea[]) with ordinality as h(home, place) order by place`,
			[homes.map(euiToBytes), share]
		);
		expect(rows.map(({ sampled }) => sampled)).toEqual(homes.map((home) => isSampled(home, share)));
	}
});

describe('earlier decisions of a pattern', () => {
	it('are shown with the rarer verdict first, and a decision on several Alerts is one example', async () => {
		const ids = await Promise.all(affectedHomes.slice(10, 16).map(async (home) => oldestAlert(system, home)));
		const decide = (id: string, version: number, verdict: string, reason: string) =>
			system.call('POST', `/alerts/${id}/decision`, 'brightwell', { verdict, reason, version });
		const [first, second, third, fourth, fifth, asked] = ids.map(({ id, version }) => ({ id, version }));
		for (const { id, version } of [first!, second!]) await decide(id, version, 'ignorable', 'information');
		await decide(third!.id, third!.version, 'actionable', 'firmware');
		await system.call('POST', '/decisions', 'brightwell', {
			items: [fourth, fifth],
			verdict: 'ignorable',
			reason: 'information'
		});

		const { body } = await system.get('brightwell', `/alerts/${asked!.id}/precedents`);
		expect(body).toMatchObject({
			serviceReferenceVariant: '6.2.4',
			userRole: 'RSA',
			ignorable: 3,
			actionable: 1
		});
		expect(body.examples.map((e: { alertId: string }) => e.alertId)[0]).toBe(third!.id);
		expect(body.examples.map((e: { alerts: number }) => e.alerts)).toEqual([1, 2, 1, 1]);
		expect((await system.get('halden', `/alerts/${asked!.id}/precedents`)).status).toBe(404);
	});
});
