// Tests versions of the cause table: their names, the check, the difference of two tables, and the what-if counts.
import { describe, expect, it } from 'vitest';
import { checkCauseTable } from '#lib/domain/cause-table/check.ts';
import { diffCauseTables, isSame } from '#lib/domain/cause-table/diff.ts';
import { Version, nextVersion } from '#lib/domain/cause-table/version.ts';
import { shippedFile, type CauseFile } from '#lib/domain/cause-table/cause-table.ts';
import type { Explanation } from '#lib/domain/correlation/correlate.ts';
import { REPLAY_LIMITS, WhatIfTally, explanationChange } from '#lib/domain/cause-table/what-if.ts';

const changed = (change: (file: CauseFile) => void): CauseFile => {
	const file = structuredClone(shippedFile);
	change(file);
	return file;
};
const entryOf = (file: CauseFile, alert: string) => file.entries.find((entry) => entry.alert === alert)!;

describe('the version of a cause table', () => {
	it('that a person makes is a date with a counter of that day', () => {
		expect(nextVersion('2026-11-24', [])).toBe('2026-11-24.1');
		const taken = ['2026-11-23', '2026-11-24', '2026-11-23.7', '2026-11-24.2', '2026-11-24.10'];
		expect(nextVersion('2026-11-24', taken)).toBe('2026-11-24.11');
	});

	it('that the product ships is a plain date, so that it never equals a version made by a person', () => {
		expect(shippedFile.version).toMatch(/^\d{4}-\d{2}-\d{2}$/);
	});

	it.each(['2026-11-24', '2026-11-24.1'])('may be %s', (text) =>
		expect(Version.safeParse(text).success).toBe(true)
	);
	it.each(['', 'x', '2026-11-24.', "2026-11-24'", '../2026-11-24'])('may not be %j', (text) =>
		expect(Version.safeParse(text).success).toBe(false)
	);
});

describe('the check of a cause table', () => {
	it('finds no fault in the shipped table', () => {
		expect(checkCauseTable(shippedFile)).toEqual({ file: shippedFile, faults: null });
	});

	it.each<[string, (file: CauseFile) => void]>([
		['entries.8F30.causes.1.prior', (f) => (entryOf(f, '8F30').causes[1]!.prior = 7)],
		['entries.8F30.causes.0.roles.0', (f) => (entryOf(f, '8F30').causes[0]!.roles[0] = 'XX' as never)],
		['entries.8F30.guidance', (f) => (entryOf(f, '8F30').guidance = 'x'.repeat(241))],
		['entries.8F30.causes.0', (f) => (entryOf(f, '8F30').causes[0]!.minSeconds = 1e6)],
		['entries.hello', (f) => f.entries.push({ alert: 'hello', guidance: null, causes: [] })],
		['notCommand.1.8F35', (f) => f.notCommand[1]!.alerts.push('8F35')]
	])('names the faulty place %s', (path, change) => {
		const { faults } = checkCauseTable(changed(change));
		expect(faults?.map((fault) => fault.path)).toEqual([path]);
	});

	it.each([[null], ['text'], [{}], [{ version: 'x', entries: [null], notCommand: 1 }]])(
		'returns the faults of %j and does not throw',
		(input) => expect(checkCauseTable(input).faults).not.toEqual([])
	);

	it('accepts an Alert code that is not in the tables of codes', () => {
		const file = changed((f) => f.entries.push({ alert: '8FFF', guidance: null, causes: [] }));
		expect(checkCauseTable(file).faults).toBeNull();
	});
});

describe('the difference of two cause tables', () => {
	it('is empty if only the order of rows, SRVs and keys differs', () => {
		const reversed = changed((f) => {
			f.entries.reverse();
			for (const { causes } of f.entries) {
				causes.reverse();
				for (const cause of causes) cause.variants.reverse();
			}
			f.notCommand.reverse();
		});
		const copy = JSON.parse(JSON.stringify(reversed, Object.keys(allKeys(reversed)).sort())) as CauseFile;
		expect(isSame(diffCauseTables(shippedFile, copy))).toBe(true);
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

	it('names the added and the removed entries and causes', () => {
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

describe('the counts of a what-if replay', () => {
	const explanation = (kind: string, suspect: string | null, fields: object = {}) =>
		({
			kind,
			summary: '',
			candidates: suspect ? [{ requestId: suspect }] : [],
			tableVersion: 'a',
			...fields
		}) as unknown as Explanation;

	it('ignore a change of the table version alone', () => {
		expect(
			explanationChange(explanation('likely', 'r1'), explanation('likely', 'r1', { tableVersion: 'b' }))
		).toBeNull();
	});

	it('distinguish changes of the kind, of the suspect and of the wording', () => {
		const before = explanation('likely', 'r1');
		expect(explanationChange(before, explanation('unexplained', null))).toEqual({
			from: 'likely',
			to: 'unexplained',
			suspectChanged: true
		});
		expect(explanationChange(before, explanation('likely', 'r2'))).toMatchObject({ suspectChanged: true });
		expect(explanationChange(before, explanation('likely', 'r1', { guidance: 'other' }))).toEqual({
			from: 'likely',
			to: 'likely',
			suspectChanged: false
		});
	});

	it('keep twenty examples of each change, and list changes of the kind first', () => {
		const tally = new WhatIfTally();
		const wordingChange = explanationChange(
			explanation('likely', 'r1'),
			explanation('likely', 'r1', { guidance: 'other' })
		);
		const kindChange = explanationChange(explanation('likely', 'r1'), explanation('ambiguous', null));
		for (let i = 0; i < 30; i++) tally.add({ id: `w${i}`, code: '8F30', name: 'n' }, wordingChange);
		tally.add({ id: 'k', code: '8F84', name: 'm' }, kindChange);
		tally.add({ id: 'same', code: '8F84', name: 'm' }, null);
		expect([tally.progress, tally.changed]).toEqual([32, 1]);
		expect(tally.changes.map(({ code, count, examples }) => [code, count, examples.length])).toEqual([
			['8F84', 1, 1],
			['8F30', 30, REPLAY_LIMITS.examples]
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
