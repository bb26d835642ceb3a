// Tests, with generated inventories, that a CSV inventory reads back to the same Devices as its JSON, however a
// spreadsheet writes it.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DeviceIn } from '#lib/domain/device.ts';
import { fieldTree } from '#lib/server/ingest/dropped-fields.ts';
import { readInventoryCsv } from '#lib/server/ingest/inventory-csv.ts';
import { checkRecords, readRecords } from '#lib/server/ingest/records.ts';
import { renderInventory, type CsvStyle, type StatedDevice } from '../../support/inventory-csv.ts';
import { propertyRuns } from '../../support/property-runs.ts';

const DEVICES = { schema: DeviceIn, fields: fieldTree(DeviceIn) };

const eui = fc
	.uint8Array({ minLength: 8, maxLength: 8 })
	.map((bytes) => Buffer.from(bytes).toString('hex').toUpperCase().match(/../g)!.join('-'));
const euiForm = (id: string) => fc.constantFrom(id, id.toLowerCase(), id.replaceAll('-', ''));
/** A text with the characters that a CSV must quote. */
const text = (maxLength: number) =>
	fc
		.string({ unit: fc.constantFrom(...'aZ09 ,;\t"\'\n=|é世😀-_'), minLength: 1, maxLength: maxLength / 2 })
		.filter((value) => value.trim() !== '');
const instants = fc
	.uniqueArray(fc.integer({ min: 0, max: 4_000_000_000 }), { minLength: 2, maxLength: 8 })
	.map((seconds) => seconds.sort((a, b) => a - b).map((s) => new Date(s * 1000).toISOString()));
/** Tenures that do not overlap; the last one may have no end. */
const tenures = fc.tuple(instants, fc.boolean()).map(([edges, isOpen]) =>
	edges.slice(0, -1).map((from, i, all) => ({
		supplier: ['brightwell', 'halden'][i % 2]!,
		from,
		to: isOpen && i === all.length - 1 ? null : edges[i + 1]!
	}))
);
const device: fc.Arbitrary<StatedDevice> = fc.record(
	{
		deviceId: eui,
		deviceType: fc.constantFrom('ESME', 'GSME', 'CHF', 'PPMID'),
		hubId: eui.chain(euiForm),
		model: text(80),
		firmware: text(40),
		area: text(16),
		tenures
	},
	{ requiredKeys: ['deviceId', 'deviceType'] }
);
const inventory = fc.uniqueArray(device, {
	minLength: 1,
	maxLength: 5,
	selector: ({ deviceId }) => deviceId
});

const HEADERS: ReadonlyArray<(name: string) => string> = [
	(name) => name,
	(name) => name.toUpperCase(),
	(name) => name.toLowerCase(),
	(name) => name.replace(/[A-Z]/g, (letter) => ` ${letter}`),
	(name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
	(name) => ` ${name.replace(/[A-Z]/g, (letter) => `-${letter}`)} `
];
const style: fc.Arbitrary<CsvStyle> = fc.record({
	separator: fc.constantFrom(',' as const, ';' as const, '\t' as const),
	lineBreak: fc.constantFrom('\n' as const, '\r\n' as const, '\r' as const),
	isDeclared: fc.boolean(),
	quotes: fc.constantFrom('where needed' as const, 'everywhere' as const),
	encoding: fc.constantFrom(
		'utf8' as const,
		'utf8 with mark' as const,
		'utf16le' as const,
		'utf16be' as const
	),
	header: fc.constantFrom(...HEADERS),
	order: fc.integer({ min: 1, max: 1_000_000 }).map((seed) => (value: string) => hash(value, seed)),
	emptyLines: fc.integer({ min: 0, max: 3 }),
	repeatsAttributes: fc.boolean()
});

const hash = (value: string, seed: number): number =>
	[...value].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) % 1_000_003, seed);

/** Brings Devices into one order; a field that is `null` counts as absent. */
const comparable = (devices: readonly DeviceIn[]): unknown[] =>
	devices
		.map(({ tenures, ...fields }) => ({
			...Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null)),
			...(tenures && { tenures: [...tenures].sort((a, b) => (a.from < b.from ? -1 : 1)) })
		}))
		.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

it('a CSV inventory reads back to the same Devices as its JSON', () => {
	fc.assert(
		fc.property(inventory, style, (devices, written) => {
			const json = readRecords(Buffer.from(JSON.stringify(devices)), 'application/json', DEVICES);
			const csv = checkRecords(
				{ values: readInventoryCsv(renderInventory(devices, written)), isSingle: false },
				DEVICES
			);
			expect(csv.rejected).toEqual([]);
			expect(json.rejected).toEqual([]);
			expect(comparable(csv.valid.map(({ record }) => record))).toEqual(
				comparable(json.valid.map(({ record }) => record))
			);
		}),
		{ numRuns: propertyRuns / 5 }
	);
}, 120_000);
