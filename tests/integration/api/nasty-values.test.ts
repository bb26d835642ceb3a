// Sends malformed ids and values to every route of the API. No answer is a failure of the server.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RIGHTS } from '#lib/domain/access.ts';
import { addApiKey } from '#lib/server/access/administration.ts';
import { routes } from '#lib/server/api/routes.ts';
import type { RouteDescription } from '#lib/server/http/route.ts';
import { startSystem, type System } from '../../support/system.ts';

let system: System;
beforeAll(async () => {
	system = await startSystem({ worker: false });
	system.keys['installation'] = await addApiKey(system.database, null, ['ingest', 'read']);
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

const NASTY = [
	'xyz',
	'-1',
	'0',
	'1.5',
	'1e3',
	'9223372036854775807',
	'9223372036854775808',
	'9999999999999999999',
	'99999999999999999999999',
	'٣٤٥',
	'１２',
	'\u0000',
	'1\u0000',
	'../../etc/passwd',
	"1' or '1'='1",
	'%',
	'a'.repeat(2000),
	'💥',
	'undefined',
	'NaN',
	'00-DB-12-34-56-78-90-A0',
	'2026-11-27.99999',
	'2026-13-45T99:99:99.000Z',
	'{}',
	'[]'
];
/** Parts of a path that are not made by percent-encoding a text. */
const NASTY_PATHS = ['%00', '%', '%zz', '%ff', '..%2f', '%2e%2e%2f', '1%2f2', '%u0041'];

/** Returns the key that may call a route. The key of the installation feeds records, and reads what no Supplier may read. */
function keyOf({ scope, action }: Pick<RouteDescription, 'scope' | 'action'>): string | null {
	if (scope === null) return null;
	const keys: readonly string[] = RIGHTS[action ?? scope].keysOf;
	return scope === 'ingest' || !keys.includes('supplier') ? 'installation' : 'brightwell';
}
const inPath = (path: string, part: string): string => path.replaceAll(/\{\w+\}/g, () => part);

async function statusOf(
	method: string,
	path: string,
	key: string | null,
	body?: unknown,
	type = 'application/json'
): Promise<number> {
	const response = await fetch(`${system.url}/api/v1${path}`, {
		method,
		headers: {
			...(key === null ? {} : { authorization: `Bearer ${system.keys[key]}` }),
			...(body === undefined ? {} : { 'content-type': type })
		},
		...(body === undefined ? {} : { body: JSON.stringify(body) })
	});
	await response.arrayBuffer();
	return response.status;
}

describe('malformed ids and values', () => {
	const withId = routes.filter(({ path }) => path.includes('{'));
	it.each(withId.map((route) => [`${route.method} ${route.path}`, route] as const))(
		'in the path of %s are no failure of the server',
		async (_name, route) => {
			const { method, path } = route;
			for (const part of [...NASTY.map(encodeURIComponent), ...NASTY_PATHS]) {
				const status = await statusOf(
					method,
					inPath(path, part),
					keyOf(route),
					method === 'POST' && path.endsWith('/decision')
						? {
								verdict: path.startsWith('/on-call') ? 'ignorable' : null,
								reason: 'other-user-command',
								version: 1
							}
						: undefined
				);
				// The name of a source may be any text that the database can store.
				// Any EUI-64 may be a User, and a User that sent nothing is answered with zeros.
				const allowed = path.includes('{source}')
					? [201, 204, 400, 404]
					: path.startsWith('/senders/')
						? [200, 404]
						: [404, 403, 415];
				expect([part, status]).toEqual([part, expect.toBeOneOf(allowed)]);
			}
		}
	);

	const withQuery = routes.filter(({ query }) => query);
	it.each(withQuery.map((route) => [`${route.method} ${route.path}`, route] as const))(
		'in the query of %s are answered 200 or 400',
		async (_name, route) => {
			const { method, path, query } = route;
			for (const name of Object.keys(query!.shape))
				for (const value of NASTY) {
					const url = `${inPath(path, '00-DB-12-34-56-78-90-A0')}?${new URLSearchParams({ [name]: value })}`;
					const { takes } = route;
					const status = await statusOf(method, url, keyOf(route), takes ? {} : undefined, takes?.types[0]);
					expect([name, value, status]).toEqual([name, value, expect.toBeOneOf([200, 400, 404, 410])]);
				}
		}
	);

	it('in a decision are answered 400, or as an Alert that is not there', async () => {
		for (const value of [...NASTY, 2 ** 31, 2 ** 53, -1, 1.5, null, [], {}, '\ud800']) {
			const one = { verdict: 'ignorable', reason: 'other', note: 'x', version: 1 };
			for (const [path, body] of [
				['/alerts/1/decision', { ...one, note: value }],
				['/alerts/1/decision', { ...one, reason: value }],
				['/alerts/1/decision', { ...one, version: value }],
				['/decisions', { ...one, items: [{ id: value, version: 1 }] }],
				['/decisions', { ...one, items: [{ id: '1', version: value }] }],
				['/decisions', { ...one, episode: value }],
				['/decisions', { ...one, episode: '1', version: value }],
				['/learned-patterns/review', { deviceType: value, code: value, dismissed: true }]
			] as const)
				expect([path, value, await statusOf('POST', path, 'brightwell', body)]).toEqual([
					path,
					value,
					expect.toBeOneOf([200, 400, 403, 404])
				]);
		}
	});

	it('in every field of a record are answered 400 or 202', async () => {
		const records: ReadonlyArray<[path: string, fields: readonly string[]]> = [
			[
				'/alerts',
				[
					'deviceId',
					'code',
					'raisedAt',
					'receivedAt',
					'messageId',
					'recipientId',
					'throttledCount',
					'reference'
				]
			],
			[
				'/service-requests',
				['requestId', 'userName', 'userRole', 'source', 'commandVariant', 'requestedAt', 'responseCode']
			],
			['/devices', ['deviceId', 'deviceType', 'hubId', 'model', 'firmware', 'area', 'tenures']]
		];
		const valid: Record<string, object> = {
			'/alerts': { deviceId: '00-DB-12-34-56-78-90-A0', code: '8F30' },
			'/service-requests': {
				requestId: '90-B3-D5-1F-30-02-00-01:00-DB-12-34-56-78-90-A0:1008',
				requestedAt: '2026-11-05T02:13:40.000Z'
			},
			'/devices': { deviceId: '00-DB-12-34-56-78-90-A0', deviceType: 'ESME' }
		};
		for (const [path, fields] of records)
			for (const field of fields)
				for (const value of [...NASTY, 2 ** 31, 2 ** 53, -1, 1.5, [], {}, '\ud800'])
					expect([
						path,
						field,
						value,
						await statusOf('POST', path, '*', { ...valid[path], [field]: value })
					]).toEqual([path, field, value, expect.toBeOneOf([202, 400, 409])]);
	});
});

describe('a query parameter', () => {
	it.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))(
		'that is not known is refused by %s',
		async (_name, route) => {
			const { method, path, action } = route;
			const url = `${inPath(path, '1')}?devcie=1`;
			const status = await statusOf(method, url, keyOf(route), method === 'POST' ? {} : undefined);
			// Where only people may act, every key is refused first.
			expect(status).toBe(RIGHTS[action ?? route.scope ?? 'read'].scope === null ? 403 : 400);
		}
	);

	it('that is not known is refused with the nearest known parameter', async () => {
		const { status, body } = await system.get('brightwell', '/alerts?devcie=1&limt=5&%00=1');
		expect(status).toBe(400);
		expect(body.errors).toEqual([
			{ path: 'devcie', message: 'is not known; the nearest known parameter is device' },
			{ path: 'limt', message: 'is not known; the nearest known parameter is limit' },
			{ path: '\u0000', message: expect.stringMatching(/^is not known; this call knows code, /) }
		]);
		expect((await system.get('brightwell', '/cause-table?limit=5')).body.errors).toEqual([
			{ path: 'limit', message: 'is not known: this call has no parameters' }
		]);
	});

	it('without a value, or given several times, is refused; a list may be repeated', async () => {
		const errorsOf = async (query: string) => (await system.get('brightwell', `/alerts${query}`)).body.errors;
		expect(await errorsOf('?device=&code=%20')).toMatchObject([{ path: 'device' }, { path: 'code' }]);
		expect(await errorsOf('?q=a&q=b')).toEqual([
			{ path: 'q', message: 'is given several times; give it once' }
		]);
		expect(await errorsOf('?explanation=exact&explanation=likely')).toBeUndefined();
		expect(await errorsOf('?explanation=exact,likely')).toBeUndefined();
	});
});
