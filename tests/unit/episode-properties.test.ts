// Tests the runs of one key for any set of Alerts against a model of the rule "Alerts that follow each other within the
// gap are one matter". The model walks the clock minute by minute.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { runsOf, type Member } from '#lib/domain/episode-rule.ts';
import { propertyRuns } from '../support/property-runs.ts';

const MINUTE = 60_000;
const rule = { kind: 'storm', gap: 3 * MINUTE, members: 3, devices: 2 } as const;

const members = fc
	.array(fc.record({ minute: fc.nat(40), device: fc.nat(3) }), { maxLength: 14 })
	.map((list) =>
		list.map(({ minute, device }, i): Member => ({
			alertId: BigInt(i + 1),
			deviceId: `device ${device}`,
			at: minute * MINUTE
		}))
	);

/** A run ends after more than three minutes without an Alert. */
function model(all: readonly Member[]) {
	const runs: Member[][] = [];
	let minutesWithoutAlert = Infinity;
	for (let minute = 0; minute <= 40; minute++) {
		const now = all.filter((member) => member.at === minute * MINUTE);
		if (now.length > 0) {
			if (minutesWithoutAlert > 3) runs.push([]);
			runs.at(-1)!.push(...now);
			minutesWithoutAlert = 0;
		}
		minutesWithoutAlert++;
	}
	return runs.map((run) => ({
		alerts: run.map((member) => member.alertId).sort(),
		counts: run.length >= 3 && run.some((member) => member.deviceId !== run[0]!.deviceId)
	}));
}

it('the runs equal those of the model in any order of arrival', () => {
	fc.assert(
		fc.property(members, fc.infiniteStream(fc.nat()), (all, randomNumbers) => {
			const shuffled = all
				.map((member) => ({ member, at: randomNumbers.next().value as number }))
				.sort((a, b) => a.at - b.at)
				.map(({ member }) => member);
			const runs = runsOf(shuffled, rule);
			expect(
				runs.map((run) => ({ alerts: run.members.map((m) => m.alertId).sort(), counts: run.counts }))
			).toEqual(model(all));
		}),
		{ numRuns: propertyRuns }
	);
});
