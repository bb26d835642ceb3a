import { describe, expect, it } from 'vitest';
import { sumByName, callSize, countFor, median, medians } from '../../../bench/figures.ts';
import { PARTS, readOptions } from '../../../bench/options.ts';

describe('the options of the benchmark', () => {
	it('select all parts in three rounds by default, and the short parts in one round with --quick', () => {
		expect(readOptions([])).toMatchObject({ quick: false, rounds: 3, seed: 1, json: undefined });
		expect([...readOptions([]).parts]).toEqual(PARTS);
		expect(readOptions(['--quick'])).toMatchObject({ quick: true, rounds: 1 });
		const quick = ['throughput', 'latency', 'baselines', 'memory', 'workers'];
		expect([...readOptions(['--quick']).parts]).toEqual(quick);
	});

	it('read parts, rounds, sizes and the seed from the command line', () => {
		const options = readOptions([
			...['--only', 'growth, memory', '--rounds', '5', '--seed', '0'],
			...['--growth', '1000000,100000', '--backlog', '20000', '--json', 'out.json']
		]);
		expect(options).toMatchObject({ rounds: 5, seed: 0, backlog: 20_000, json: 'out.json' });
		expect(options.growth).toEqual([100_000, 1_000_000]);
		expect([...options.parts]).toEqual(['growth', 'memory']);
	});

	it.each([
		[['--only', 'throughput,speed'], '--only accepts'],
		[['--rounds', '0'], '--rounds must be a whole number from 1, not "0"'],
		[['--seed', '1.5'], '--seed must be a whole number from 0, not "1.5"'],
		[['--growth', '100000,'], '--growth must be a whole number from 1, not ""'],
		[['--fast'], "Unknown option '--fast'"]
	])('reject %j with an error that names the option', (args, sentence) => {
		expect(() => readOptions(args)).toThrow(sentence);
	});
});

describe('the figures of several rounds', () => {
	it('are combined to the median of each field', () => {
		expect(median([5, 1, 3])).toBe(3);
		expect(median([4, 1, 3, 2])).toBe(2.5);
		expect(median([])).toBeNull();
		expect(
			medians([
				{ p50: 1, p99: 9 },
				{ p50: 2, p99: 7 },
				{ p50: 3, p99: 8 }
			])
		).toEqual({ p50: 2, p99: 8 });
		expect(medians([])).toBeNull();
	});

	it('add up the counts of several stages by name', () => {
		expect(sumByName([{ likely: 2 }, { likely: 1, exact: 4 }])).toEqual({ likely: 3, exact: 4 });
	});
});

describe('the number of records to send', () => {
	it('fills the given time with whole calls, at least two', () => {
		expect(countFor(1534, 8, 1000)).toBe(12_000);
		expect(countFor(1534, 8, 1)).toBe(12_272);
		expect(countFor(10, 3, 1000)).toBe(2000);
	});

	it('is split into about a hundred calls a second at a fixed rate', () => {
		expect([50, 800, 1150, 9000].map(callSize)).toEqual([1, 8, 12, 90]);
	});
});
