// What the stored Alerts teach: patterns that the cause table does not know become candidates, with their figures.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PARTIES } from '../../demo/world.ts';
import { aHome, answered, november, raised } from '../support/records.ts';
import { given } from '../support/scenarios.ts';
import { eventually, startSystem, type System } from '../support/system.ts';

const { metrix, northGrid, brightwell } = PARTIES;

/** A code that no row of the cause table links to an identity read of an agent. */
const QUIRK = '81AF';

let system: System;
beforeAll(async () => {
	system = await startSystem({ settings: { LEARN_EVERY_SECONDS: '0.2' } });
	await system.post('/service-requests/completeness', {
		source: 'sat',
		completeUntil: november(22, '00:00:00.000')
	});
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

const learned = async () =>
	(
		await system.record.query(
			`select code, variant, user_role, relation, devices, offered, (figures ->> 'seen')::int as seen, (figures ->> 'of')::int as of
			 from learned_pattern where variant = '6.2.4'`
		)
	).rows;

describe('a cause that the table does not know', () => {
	it('becomes a learned candidate, weak, with its figures, after fifty occurrences', async () => {
		const homes = Array.from({ length: 50 }, () => aHome());
		const others = Array.from({ length: 60 }, () => aHome());
		await Promise.all([
			...homes.map((home) =>
				given(
					system,
					home,
					[answered(metrix, home.esme, '6.2.4', november(4, '12:00:00'))],
					[raised(home.esme, QUIRK, november(4, '12:00:20'))]
				)
			),
			...others.map((home) =>
				given(
					system,
					home,
					[answered(northGrid, home.esme, '4.10', november(4, '12:00:00'))],
					[raised(home.esme, '81BB', november(4, '12:00:20'))]
				)
			)
		]);
		const alert = await eventually(
			async () => {
				const [found] = await system.alerts('brightwell', `?device=${homes[7]!.esme}`);
				expect(found?.candidates[0]?.reasons.map((reason) => reason.code)).toContain('learned');
				return found!;
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
			const [again] = await system.alerts('brightwell', `?device=${homes[7]!.esme}`);
			expect(again!.candidates[0]!.reasons.at(-1)!.text).toMatch(
				/^seen before 50 of 50 such Alerts within 30 s; by chance less than 1 /
			);
		});
		expect(await learned()).toEqual([
			{
				code: QUIRK,
				variant: '6.2.4',
				user_role: 'RSA',
				relation: 'same-device',
				devices: 50,
				offered: true,
				seen: 50,
				of: 50
			}
		]);
		expect(brightwell.role).toBe('IS');
	});
});
