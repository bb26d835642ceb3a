// Tests that every route, setting and command words its refusals for people. The schema library words its own messages
// for programmers ("Invalid input: expected string, received undefined"), and no such message may leave.
import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { fieldErrors } from '#lib/domain/field-errors.ts';
import { checkCauseTable } from '#lib/domain/cause-table/check.ts';
import { CauseFile, shippedFile } from '#lib/domain/cause-table/cause-table.ts';
import { EpisodeDecisionIn } from '#lib/domain/episode.ts';
import { routes } from '#lib/server/api/routes.ts';
import { Settings } from '#lib/server/process/config.ts';

/** The vocabulary of the schema library. */
const RAW =
	/\b(expected|received|invalid|unrecognized|too (big|small)|NaN|undefined|pattern)\b|\/\^|object Object/i;
const CANARY = 'canary-5f3a';

/** Every schema that checks what a person or a program sends. */
const schemas: Array<[name: string, schema: z.ZodType]> = [
	...routes.flatMap((route): Array<[string, z.ZodType]> => [
		...(route.takes?.schema
			? [[`${route.method} ${route.path}`, route.takes.schema] as [string, z.ZodType]]
			: []),
		...(route.query
			? [[`the query of ${route.method} ${route.path}`, route.query] as [string, z.ZodType]]
			: [])
	]),
	['POST /decisions for an episode', EpisodeDecisionIn],
	['the cause table', CauseFile],
	['the settings', Settings]
];

/** Returns the paths of all fields in a schema. `0` stands for an item of a list. */
function pathsOf(schema: z.ZodType, path: PropertyKey[] = []): PropertyKey[][] {
	const inner = unwrap(schema);
	if (inner instanceof z.ZodObject)
		return [
			path,
			...Object.entries(inner.shape).flatMap(([name, field]) => pathsOf(field as z.ZodType, [...path, name]))
		];
	if (inner instanceof z.ZodArray) return [path, ...pathsOf(inner.element as z.ZodType, [...path, 0])];
	return [path];
}

function unwrap(schema: z.ZodType): z.ZodType {
	if (schema instanceof z.ZodPipe)
		return unwrap((schema.in instanceof z.ZodTransform ? schema.out : schema.in) as z.ZodType);
	if ('innerType' in schema.def) return unwrap(schema.def.innerType as z.ZodType);
	return schema;
}

/** Builds a value that holds `leaf` at the path, and nothing else. */
function valueWith(path: readonly PropertyKey[], leaf: unknown): unknown {
	return path.reduceRight((value, key) => (key === 0 ? [value] : { [key]: value }), leaf);
}

const LEAVES: Array<[name: string, leaf: unknown]> = [
	['missing', undefined],
	['null', null],
	['an empty text', ''],
	['a wrong text', CANARY],
	['a text that is too long', CANARY.repeat(1000)],
	['zero', 0],
	['a negative fraction', -1.5],
	['a number that is too large', 1e300],
	['a boolean', true],
	['an empty list', []],
	['a long list', Array(2000).fill(CANARY)],
	['an object', { [CANARY]: CANARY }]
];

it('the walk reaches the fields of nested objects and lists', () => {
	const devices = schemas.find(([name]) => name === 'POST /devices')![1];
	expect(pathsOf(devices)).toEqual(
		expect.arrayContaining([['deviceType'], ['tenures', 0, 'supplier'], ['tenures', 0, 'from']])
	);
	expect(schemas.length).toBeGreaterThan(12);
});

describe.each(schemas)('%s', (_name, schema) => {
	test.each(LEAVES)('refuses %s in each field with words for people', (_leafName, leaf) => {
		for (const path of pathsOf(schema)) {
			const value = valueWith(path, leaf);
			const read = schema.safeParse(value);
			if (read.success) continue;
			for (const { path: at, message } of fieldErrors(read.error, value)) {
				// One of the values of clockStatus is `invalid`.
				expect(message.replace(/one of .*/, 'one of'), at).not.toMatch(RAW);
				expect(message, at).not.toContain(CANARY);
				expect(message, at).toMatch(/^(is|has|must|does|a|two|the|may) /);
				expect(message.length, at).toBeLessThan(400);
			}
		}
	});
});

const wordsOf = (schema: z.ZodType, value: unknown): string[] => {
	const read = schema.safeParse(value);
	return read.success ? [] : fieldErrors(read.error, value).map(({ path, message }) => `${path}: ${message}`);
};

describe('the words of an error', () => {
	const devices = schemas.find(([name]) => name === 'POST /devices')![1];

	it('say which values a missing field may have', () => {
		expect(wordsOf(devices, { deviceId: '00DB1234567890A0' })).toEqual([
			'deviceType: is missing; give one of ESME, GSME, CHF, GPF, PPMID, HCALCS, SAPC, IHD, CAD'
		]);
		expect(wordsOf(devices, { deviceType: 'ESME' })).toEqual([
			expect.stringMatching(/^deviceId: is missing; give an EUI-64/)
		]);
	});

	it('say the rule for a value of another type', () => {
		const device = { deviceId: '00DB1234567890A0', deviceType: 'ESME', model: 7, tenures: 'none' };
		expect(wordsOf(devices, device)).toEqual(['model: must be text', 'tenures: must be a list']);
	});

	it('say the limit for a value that is too long', () => {
		const device = { deviceId: '00DB1234567890A0', deviceType: 'ESME', firmware: 'x'.repeat(41) };
		expect(wordsOf(devices, device)).toEqual(['firmware: is longer than 40 characters']);
	});

	it('join the rules of a union', () => {
		expect(wordsOf(z.union([z.string(), z.number().int()]), true)).toEqual([': must be text or a number']);
	});
});

it('the faults of a cause table are worded in the same way', () => {
	const faulty = structuredClone(shippedFile) as { entries: Array<{ causes: unknown[] }> };
	faulty.entries[0]!.causes = [{ id: 7 }];
	const { faults } = checkCauseTable(faulty);
	expect(faults!.length).toBeGreaterThan(5);
	for (const { message } of faults!) expect(message).not.toMatch(RAW);
	expect(faults).toContainEqual({
		path: `entries.${shippedFile.entries[0]!.alert}.causes.0.anchor`,
		message: 'is missing; give one of executed, responded-or-requested, requested'
	});
});
