import { describe, expect, it } from 'vitest';
import { checkCauseTable } from '#lib/domain/cause-table/check.ts';
import { diffCauseTables, isSame } from '#lib/domain/cause-table/diff.ts';
import { Version, nextVersion } from '#lib/domain/cause-table/version.ts';
import { shippedFile, type CauseFile } from '#lib/domain/cause-table/cause-table.ts';
import type { Explanation } from '#lib/domain/correlation/correlate.ts';
import { WHAT_IF, WhatIfTally, explanationChange } from '#lib/domain/cause-table/what-if.ts';

const changed = (change: (file: CauseFile) => void): CauseFile => {
	const file = structuredClone(shippedFile);
	change(file);
	return file;
};
const entryOf = (file: CauseFile, alert: string) => file.entries.find((entry) => entry.alert === alert)!;

describe('a version', () => {
	it('is a date with a counter of that day', () => {
		expect(nextVersion('2026-11-24', [])).toBe('2026-11-24.1');
		const taken = ['2026-11-23', '2026-11-24', '2026-11-23.7', '2026-11-24.2', '2026-11-24.10'];
		expect(nextVersion('2026-11-24', taken)).toBe('2026-11-24.11');
	});

	it('of the product is a plain date, so that it meets no version of people', () => {
		expect(shippedFile.version).toMatch(/^\d{4}-\d{2}-\d{2}$/);
	});

	it.each(['2026-11-24', '2026-11-24.1'])('%s is one', (text) =>
		expect(Version.safeParse(text).success).toBe(true)
	);
	it.each(['', 'x', '2026-11-24.', "2026-11-24'", '../2026-11-24'])('%j is none', (text) =>
		expect(Version.safeParse(text).success).toBe(false)
	);
});

describe('the check of a table', () => {
	it('finds nothing in the shipped one', () => {
		expect(checkCauseTable(shippedFile)).toEqual({ file: shippedFile, faults: null });
	});

	it.each<[string, (file: CauseFile) => void]>([
		['entries.8F30.causes.1.prior', (f) => (entryOf(f, '8F30').causes[1]!.prior = 7)],
		['entries.8F30.causes.0.roles.0', (f) => (entryOf(f, '8F30').causes[0]!.roles[0] = 'XX' as never)],
		['entries.8F30.guidance', (f) => (entryOf(f, '8F30').guidance = 'x'.repeat(161))],
		['entries.8F30.causes.0', (f) => (entryOf(f, '8F30').causes[0]!.minSeconds = 1e6)],
		['entries.hello', (f) => f.entries.push({ alert: 'hello', guidance: null, causes: [] })],
		['notCommand.1.8F35', (f) => f.notCommand[1]!.alerts.push('8F35')]
	])('names %s', (path, change) => {
		const { faults } = checkCauseTable(changed(change));
		expect(faults?.map((fault) => fault.path)).toEqual([path]);
	});

	it.each([[null], ['text'], [{}], [{ version: 'x', entries: [null], notCommand: 1 }]])(
		'tells the faults of %j and does not fail',
		(input) => expect(checkCauseTable(input).faults).not.toEqual([])
	);

	it('takes an Alert code that no release knows yet', () => {
		const file = changed((f) => f.entries.push({ alert: '8FFF', guidance: null, causes: [] }));
		expect(checkCauseTable(file).faults).toBeNull();
	});
});

describe('the difference of two tables', () => {
	it('is none between a table and itself, whatever the order of rows, SRVs and keys', () => {
		const turned = changed((f) => {
			f.entries.reverse();
			for (const { causes } of f.entries) {
				causes.reverse();
				for (const cause of causes) cause.variants.reverse();
			}
			f.notCommand.reverse();
		});
		const keys = JSON.parse(JSON.stringify(turned, Object.keys(allKeys(turned)).sort())) as CauseFile;
		expect(isSame(diffCauseTables(shippedFile, keys))).toBe(true);
	});

	it('names each field with its old and its new value', () => {
		const after = changed((f) => {
			entryOf(f, '8F30').guidance = 'Look twice.';
			entryOf(f, '8F30').causes[0]!.maxSeconds = 60;
		});
		expect(diffCauseTables(shippedFile, after)).toEqual({
			entries: [
				{
					alert: '8F30',
					kind: 'changed',
					fields: [
						{ field: 'guidance', before: entryOf(shippedFile, '8F30').guidance, after: 'Look twice.' }
					],
					causes: [
						{
							id: '8F30/1',
							kind: 'changed',
							fields: [{ field: 'maxSeconds', before: 600, after: 60 }]
						}
					]
				}
			],
			notCommand: []
		});
	});

	it('tells what was added and what was removed', () => {
		const after = changed((f) => {
			f.entries = f.entries.filter((entry) => entry.alert !== '8F3D');
			const [cause] = entryOf(f, '8F30').causes.splice(2, 1);
			f.entries.push({ alert: '8FFF', guidance: null, causes: [{ ...cause!, id: '8FFF/1' }] });
			f.notCommand[0]!.alerts = f.notCommand[0]!.alerts.filter((alert) => alert !== '8F35');
		});
		const diff = diffCauseTables(shippedFile, after);
		expect(diff.entries.map(({ alert, kind }) => [alert, kind])).toEqual([
			['8F30', 'changed'],
			['8FFF', 'added'],
			['8F3D', 'removed']
		]);
		expect(diff.entries[0]!.causes).toMatchObject([{ id: '8F30/3', kind: 'removed' }]);
		expect(diff.notCommand).toEqual([
			{ alert: '8F35', before: shippedFile.notCommand[0]!.why, after: undefined }
		]);
	});
});

describe('the count of a what-if', () => {
	const reads = (kind: string, suspect: string | null, fields: object = {}) =>
		({
			kind,
			summary: '',
			candidates: suspect ? [{ requestId: suspect }] : [],
			tableVersion: 'a',
			...fields
		}) as unknown as Explanation;

	it('takes another version of the table alone for no change', () => {
		expect(explanationChange(reads('likely', 'r1'), reads('likely', 'r1', { tableVersion: 'b' }))).toBeNull();
	});

	it('tells another kind, another suspect and other words apart', () => {
		const before = reads('likely', 'r1');
		expect(explanationChange(before, reads('unexplained', null))).toEqual({
			from: 'likely',
			to: 'unexplained',
			suspectChanged: true
		});
		expect(explanationChange(before, reads('likely', 'r2'))).toMatchObject({ suspectChanged: true });
		expect(explanationChange(before, reads('likely', 'r1', { guidance: 'other' }))).toEqual({
			from: 'likely',
			to: 'likely',
			suspectChanged: false
		});
	});

	it('keeps twenty examples of each change, and puts what matters first', () => {
		const tally = new WhatIfTally();
		const words = explanationChange(reads('likely', 'r1'), reads('likely', 'r1', { guidance: 'other' }));
		const kind = explanationChange(reads('likely', 'r1'), reads('ambiguous', null));
		for (let i = 0; i < 30; i++) tally.add({ id: `w${i}`, code: '8F30', name: 'n' }, words);
		tally.add({ id: 'k', code: '8F84', name: 'm' }, kind);
		tally.add({ id: 'same', code: '8F84', name: 'm' }, null);
		expect([tally.progress, tally.changed]).toEqual([32, 1]);
		expect(tally.changes.map(({ code, count, examples }) => [code, count, examples.length])).toEqual([
			['8F84', 1, 1],
			['8F30', 30, WHAT_IF.examples]
		]);
	});
});

/** Every key that occurs anywhere, so that a copy can be written with its keys in another order. */
function allKeys(value: unknown, found: Record<string, true> = {}): Record<string, true> {
	if (value && typeof value === 'object')
		for (const [key, inner] of Object.entries(value)) {
			found[key] = true;
			allKeys(inner, found);
		}
	return found;
}
