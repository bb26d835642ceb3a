// Tests that the OpenAPI document says what a running system does: a generated client compiles and sends arrays, and real
// answers fit the schemas.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { document, faultsOf } from '../../support/openapi-document.ts';
import { aDevice, aRequest, anAlert, newDeviceId } from '../../support/records.ts';
import { startSystem, type System } from '../../support/system.ts';

const CACHE = resolve(import.meta.dirname, '../../../.cache');

/** A client as an integrator writes it: the compiler checks every call against the generated types. */
const CLIENT = `
import createClient from 'openapi-fetch';
import type { paths } from './schema.ts';

export async function sendAndRead(baseUrl: string, ingestKey: string, readKey: string, deviceId: string) {
	const clientOf = (key: string) =>
		createClient<paths>({ baseUrl, headers: { authorization: \`Bearer \${key}\` } });
	const ingest = clientOf(ingestKey);
	const devices = await ingest.POST('/devices', { body: [{ deviceId, deviceType: 'ESME' }] });
	const alerts = await ingest.POST('/alerts', {
		body: [{ deviceId, code: '8F30' }, { deviceId: deviceId.toLowerCase().replaceAll('-', ':'), code: '8F3F' }]
	});
	const one = await ingest.POST('/alerts', { body: { deviceId, code: '8F12' } });
	const page = await clientOf(readKey).GET('/alerts', { params: { query: { device: deviceId, limit: 10 } } });
	const wrong = await ingest.POST('/alerts', { body: { deviceId: 'x', code: '8F30' } });
	return {
		devices: devices.data?.accepted,
		alerts: alerts.data?.accepted,
		one: one.data?.accepted,
		head: typeof page.data?.head,
		refusal: wrong.error?.detail
	};
}
`;

let system: System;
let folder: string;
beforeAll(async () => {
	mkdirSync(CACHE, { recursive: true });
	folder = mkdtempSync(join(CACHE, 'client-'));
	system = await startSystem();
});
afterAll(async () => {
	rmSync(folder, { recursive: true, force: true });
	await system[Symbol.asyncDispose]();
});

/** Checks the types of the files. Returns the errors as `file: message`. */
function compile(files: string[]): string[] {
	const program = ts.createProgram(files, {
		strict: true,
		noEmit: true,
		skipLibCheck: true,
		target: ts.ScriptTarget.ESNext,
		module: ts.ModuleKind.ESNext,
		moduleResolution: ts.ModuleResolutionKind.Bundler,
		allowImportingTsExtensions: true,
		lib: ['lib.esnext.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
		types: []
	});
	return ts
		.getPreEmitDiagnostics(program)
		.map(
			({ file, messageText }) =>
				`${basename(file?.fileName ?? '')}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
		);
}

it(
	'a client generated from the document compiles, and sends arrays to the running system',
	{ timeout: 120_000 },
	async () => {
		// A field with a default may be absent from a body.
		const options = { defaultNonNullable: false };
		const types = astToString(await openapiTS(document as unknown as OpenAPI3, options));
		writeFileSync(join(folder, 'schema.ts'), types);
		const file = join(folder, 'client.ts');
		writeFileSync(file, CLIENT);
		const wrong = join(folder, 'wrong.ts');
		writeFileSync(wrong, CLIENT.replace("code: '8F12'", 'code: 8'));
		const errors = compile([file, wrong]);
		expect(errors.filter((error) => !error.startsWith('wrong.ts: '))).toEqual([]);
		expect(errors).not.toEqual([]);

		const { sendAndRead } = (await import(/* @vite-ignore */ file)) as {
			sendAndRead(...texts: string[]): Promise<unknown>;
		};
		const result = await sendAndRead(
			`${system.url}/api/v1`,
			system.keys['*']!,
			system.keys['brightwell']!,
			newDeviceId()
		);
		expect(result).toEqual({
			devices: 1,
			alerts: 2,
			one: 1,
			head: 'number',
			refusal: expect.stringMatching(/not valid/)
		});
	}
);

describe('real answers', () => {
	it('fit the schemas of the document', async () => {
		const deviceId = newDeviceId();
		const calls: Array<[method: string, path: string, route: string, key: string | null, body?: unknown]> = [
			['POST', '/devices', '/devices', '*', aDevice(deviceId)],
			['POST', '/service-requests', '/service-requests', '*', [aRequest(deviceId)]],
			['POST', '/alerts', '/alerts', '*', [anAlert(deviceId)]]
		];
		const check = async (...[method, path, route, key, body]: (typeof calls)[number]) => {
			const answer = await system.call(method, path, key, body);
			const response = document.paths[route]![method.toLowerCase()]!.responses[answer.status];
			const schema = Object.values(response?.content ?? {})[0]?.schema;
			expect([route, answer.status, schema && faultsOf(schema, answer.body)]).toEqual([
				route,
				answer.status,
				answer.status === 204 ? undefined : []
			]);
			return answer.body;
		};
		for (const call of calls) await check(...call);
		const alert = await system.becomes('brightwell', deviceId, { code: '8F30' });
		const reads = [
			['/alerts', '/alerts'],
			[`/alerts/${alert.id}`, '/alerts/{id}'],
			[`/alerts/${alert.id}/precedents`, '/alerts/{id}/precedents'],
			[
				`/devices/${deviceId}/timeline?from=2026-11-01T00:00:00Z&to=2026-11-30T00:00:00Z`,
				'/devices/{id}/timeline'
			],
			['/feed', '/feed'],
			['/feed?after=-1', '/feed'],
			['/episodes', '/episodes'],
			['/alerts/xyz', '/alerts/{id}'],
			['/cause-table', '/cause-table'],
			['/cause-table/2026-11-27', '/cause-table/{version}'],
			['/learned-patterns', '/learned-patterns']
		] as const;
		for (const [path, route] of reads) await check('GET', path, route, 'brightwell');
		for (const path of ['/livez', '/readyz', '/openapi.json']) await check('GET', path, path, null);
		await check('POST', '/alerts', '/alerts', '*', { deviceId: 'x' });
		await check('POST', '/alerts', '/alerts', null, {});
		const decision = { verdict: 'ignorable', reason: 'repeat' };
		const current = await system.becomes('brightwell', deviceId, { code: '8F30' });
		await check('POST', `/alerts/${alert.id}/decision`, '/alerts/{id}/decision', 'brightwell', {
			...decision,
			version: current.version
		});
		await check('POST', '/decisions', '/decisions', 'brightwell', {
			...decision,
			items: [{ id: alert.id, version: 1 }]
		});
	});
});
