// Tests the OpenAPI document: the linter of Redocly accepts it, and its examples and its patterns say what the API says.
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { describe, expect, it } from 'vitest';
import { EXAMPLES } from '#lib/server/api/examples.ts';
import { routes } from '#lib/server/api/routes.ts';
import { readDuis } from '#lib/server/duis/message.ts';
import { readInventoryCsv } from '#lib/server/ingest/inventory-csv.ts';
import { readRequestCsv } from '#lib/server/ingest/request-csv.ts';
import { document, faultsOf } from '../support/openapi-document.ts';

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
	Object.entries(methods).map(([method, operation]) => ({
		name: `${method.toUpperCase()} ${path}`,
		operation
	}))
);
const lint = async (source: object): Promise<string[]> =>
	(
		await lintFromString({
			source: JSON.stringify(source),
			config: await createConfig({ extends: ['recommended'] })
		})
	).map(({ ruleId, message }) => `${ruleId}: ${message}`);

describe('the OpenAPI document', () => {
	it('gets no error and no warning from the recommended rules of Redocly', { timeout: 30_000 }, async () => {
		expect(await lint(document)).toEqual([]);
		expect(await lint({ ...document, info: { title: 'x', version: '1' } })).toEqual([
			expect.stringMatching(/^info-license: /)
		]);
	});

	it('names every operation once, and gives it a tag', () => {
		const ids = operations.map(({ operation }) => operation.operationId);
		expect(new Set(ids).size).toBe(routes.length);
		expect(ids).toContain('postAlertsByIdDecision');
		expect(operations.every(({ operation }) => operation.tags.length === 1)).toBe(true);
	});

	it('gives real status codes, and Retry-After to 429 and 503', () => {
		for (const { name, operation } of operations) {
			expect([name, Object.keys(operation.responses)]).toEqual([
				name,
				expect.not.arrayContaining(['2XX', 'default'])
			]);
			for (const status of ['429', '503'])
				if (operation.responses[status])
					expect(operation.responses[status].headers).toHaveProperty('Retry-After');
		}
		const { responses } = document.paths['/alerts']!['post']!;
		expect(Object.keys(responses).join(' ')).toBe('202 400 401 403 409 413 415 429 500 503');
	});

	it('has only examples of calls that exist', () => {
		const names = operations.map(({ name }) => name);
		expect(Object.keys(EXAMPLES).filter((name) => !names.includes(name))).toEqual([]);
	});

	it('has an example of every body and of every answer', () => {
		const lacking = routes.filter(({ method, path, takes, gives, givesText }) => {
			const { body, texts, answer } = EXAMPLES[`${method} ${path}`] ?? {};
			return (takes && !body && !texts) || ((gives || givesText) && answer === undefined);
		});
		expect(lacking.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
	});

	it('has examples of NDJSON, CSV and XML that the readers accept', () => {
		const record = document.components.schemas['AlertIn']!;
		const lines = EXAMPLES['POST /alerts']!.texts!['application/x-ndjson']!.trim().split('\n');
		expect(lines.map((line) => faultsOf(record, JSON.parse(line)))).toEqual([[], []]);
		const xml = EXAMPLES['POST /duis']!.texts!['application/xml']!;
		const { dropped } = EXAMPLES['POST /duis']!.answer as { dropped: Array<{ field: string }> };
		expect(readDuis(Buffer.from(xml), new Date())).toMatchObject({
			ok: true,
			dropped: dropped.map(({ field }) => field)
		});
		const devices = Buffer.from(EXAMPLES['POST /devices']!.texts!['text/csv']!);
		expect(readInventoryCsv(devices)).toMatchObject([{ value: { deviceType: 'ESME' } }]);
		const requests = Buffer.from(EXAMPLES['POST /service-requests']!.texts!['text/csv']!);
		expect(readRequestCsv(requests)).toMatchObject([{ value: { serviceReferenceVariant: '6.5' } }]);
	});

	const examples = operations.flatMap(({ name, operation }) =>
		[operation.requestBody, ...Object.values(operation.responses)].flatMap((part) =>
			Object.values(part?.content ?? {}).flatMap(({ schema, example }) =>
				example === undefined ? [] : [[name, schema, example] as const]
			)
		)
	);
	it.each(examples)('has examples that fit the schema: %s', (_name, schema, example) => {
		expect(faultsOf(schema, example)).toEqual([]);
	});

	it('accepts the EUI-64 that the API accepts, one record or an array, and no more than 5,000', () => {
		const { schema } = document.paths['/alerts']!['post']!.requestBody!.content!['application/json']!;
		for (const deviceId of ['00-DB-12-34-56-78-90-A0', '00:db:12:34:56:78:90:a0', ' 00DB1234567890a0 '])
			expect(faultsOf(schema, { deviceId, code: '8F30' })).toEqual([]);
		const record = { deviceId: '00-DB-12-34-56-78-90-A0', code: '8F30' };
		expect(faultsOf(schema, [record, record])).toEqual([]);
		expect(faultsOf(schema, Array(5001).fill(record))).not.toEqual([]);
		expect(faultsOf(schema, { ...record, deviceId: 'x' })).not.toEqual([]);
	});

	it('accepts a decision on Alerts and on an episode', () => {
		const { schema } = document.paths['/decisions']!['post']!.requestBody!.content!['application/json']!;
		const verdict = { verdict: 'ignorable', reason: 'repeat' };
		expect(faultsOf(schema, { ...verdict, items: [{ id: '1', version: 1 }] })).toEqual([]);
		expect(faultsOf(schema, { ...verdict, episode: '1', version: 1 })).toEqual([]);
		expect(faultsOf(schema, verdict)).not.toEqual([]);
	});
});
