// Tests when the list counts instead of adding rows: above 500 changes a second, until it has been calm for a time.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Flood } from '#lib/ui/flood.ts';
import { propertyRuns } from '../support/property-runs.ts';

/** Notes `perSecond` changes a second in four batches a second, from `from` to `to` (s). Returns the states. */
function send(flood: Flood, perSecond: number, from: number, to: number): boolean[] {
	const states: boolean[] = [];
	for (let at = from * 1000; at < to * 1000; at += 250) {
		flood.note(perSecond / 4, at);
		states.push(flood.check(at));
	}
	return states;
}

it('50 changes a second are no flood', () => {
	expect(send(new Flood(), 50, 0, 60)).not.toContain(true);
});

it('600 changes a second are a flood within two seconds', () => {
	expect(send(new Flood(), 600, 0, 2).at(-1)).toBe(true);
});

it('the flood ends when it was calm for five seconds, also if nothing arrives any more', () => {
	const flood = new Flood();
	send(flood, 600, 0, 10);
	expect(flood.check(14_000)).toBe(true);
	expect(flood.check(17_000)).toBe(false);
});

it('a rate between calm and flood keeps the state as it is', () => {
	expect(send(new Flood(), 400, 0, 60)).not.toContain(true);
	const flood = new Flood();
	send(flood, 600, 0, 10);
	expect(send(flood, 400, 10, 70)).not.toContain(false);
});

it('the rate is the number of changes of the last two seconds, for any batches', () => {
	fc.assert(
		fc.property(
			fc.array(fc.record({ after: fc.nat(1500), changes: fc.nat(2000) }), { minLength: 1 }),
			(steps) => {
				const flood = new Flood();
				let now = 0;
				const noted: Array<{ at: number; changes: number }> = [];
				for (const { after, changes } of steps) {
					now += after;
					noted.push({ at: now, changes });
					flood.note(changes, now);
				}
				const recent = noted.filter(({ at }) => at > now - 2000);
				expect(flood.perSecond(now)).toBe(recent.reduce((sum, { changes }) => sum + changes, 0) / 2);
			}
		),
		{ numRuns: propertyRuns }
	);
});
