// Tests `import` through the real command line: against a real system, and against a loopback server that fails.
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { causeway, startCauseway } from '../../support/command-line.ts';
import { aDevice, aRequest, anAlert, newDeviceId } from '../../support/records.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

let system: System;
let folder: string;
let env: Record<string, string>;
beforeAll(async () => {
	system = await startSystem({ worker: false });
});
afterAll(() => system[Symbol.asyncDispose]());
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'causeway-import-'));
	mkdirSync(join(folder, 'home'));
	env = { CAUSEWAY_HOME: join(folder, 'home'), CAUSEWAY_KEY: system.keys['*']! };
	return () => rmSync(folder, { recursive: true, force: true });
});

function write(name: string, content: string): string {
	const path = join(folder, name);
	mkdirSync(join(path, '..'), { recursive: true });
	writeFileSync(path, content);
	return path;
}
const ndjson = (records: readonly object[]): string =>
	records.map((record) => `${JSON.stringify(record)}\n`).join('');

const stored = async (
	table: 'alert' | 'device' | 'service_request',
	deviceIds: string[]
): Promise<number> => {
	const { rows } = await system.database.query<{ n: number }>(
		`select count(*)::int as n from ${table} where device_id = any($1)`,
		[deviceIds.map((id) => Buffer.from(id.replaceAll('-', ''), 'hex'))]
	);
	return rows[0]!.n;
};

interface Loopback {
	url: string;
	/** The number of records of each call that was accepted. */
	accepted: number[];
}

/** Starts a server of the test that takes records. `refuse` answers a call itself and returns true, or returns false. */
async function loopback(
	work: (server: Loopback) => Promise<void>,
	refuse: (call: number, req: IncomingMessage, res: ServerResponse) => boolean
): Promise<void> {
	let calls = 0;
	const accepted: number[] = [];
	const server = createServer((req, res) => {
		void text(req).then((body) => {
			if (refuse(calls++, req, res)) return;
			const count = body.split('\n').filter(Boolean).length;
			accepted.push(count);
			res.writeHead(202, { 'content-type': 'application/json' });
			res.end(JSON.stringify({ accepted: count, duplicates: 0, rejected: [] }));
		});
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as { port: number };
	try {
		await work({ url: `http://127.0.0.1:${port}`, accepted });
	} finally {
		server.closeAllConnections();
		server.close();
	}
}

describe('import into a system', () => {
	it('sends a folder of all kinds, Devices first, and counts what was stored before', async () => {
		const ids = [newDeviceId(), newDeviceId(), newDeviceId()];
		const [one, two, three] = ids as [string, string, string];
		write('feed/a-alerts.ndjson', ndjson([anAlert(one), anAlert(two)]));
		write('feed/deep/b-requests.json', JSON.stringify([aRequest(one)], null, 2));
		write('feed/deep/c-devices.jsonl', ndjson([aDevice(one), aDevice(two)]));
		write('feed/d-inventory.csv', `deviceId,deviceType\n${three},ESME\n`);
		write('feed/notes.txt', 'not for import');
		const args = ['import', join(folder, 'feed'), '--url', system.url];
		const first = await causeway(args, env);
		expect(first).toMatchObject({ code: 0, stderr: '' });
		const lines = first.stdout.trim().split('\n');
		expect(lines.map((line) => line.replace(folder, ''))).toEqual([
			expect.stringMatching(/^\/feed\/d-inventory\.csv -> \/devices: 1 stored/),
			expect.stringMatching(/^\/feed\/deep\/c-devices\.jsonl -> \/devices: 2 stored/),
			expect.stringMatching(/^\/feed\/deep\/b-requests\.json -> \/service-requests: 1 stored/),
			expect.stringMatching(/^\/feed\/a-alerts\.ndjson -> \/alerts: 2 stored/),
			'4 files: 6 stored, 0 already stored before, 0 refused'
		]);
		expect(await stored('device', ids)).toBe(3);
		expect(await stored('service_request', ids)).toBe(1);
		expect(await stored('alert', ids)).toBe(2);
		const again = await causeway([...args, '--json'], env);
		expect(again).toMatchObject({ code: 0, stderr: '' });
		expect(JSON.parse(again.stdout)).toMatchObject({ accepted: 0, duplicates: 6, rejected: 0 });
	});

	it('names the line of each refused record, from a file and from standard input, and ends with 1', async () => {
		const id = newDeviceId();
		const alerts = write(
			'alerts.ndjson',
			`${JSON.stringify(anAlert(id))}\n\n{"code":"8F30"}\nnot json\n${JSON.stringify(anAlert(id))}\n`
		);
		const ran = await causeway(['import', alerts, '--url', system.url], env);
		expect(ran.code).toBe(1);
		expect(ran.stderr).toMatch(/alerts\.ndjson, line 3: deviceId/);
		expect(ran.stderr).toMatch(/alerts\.ndjson, line 4: not valid JSON/);
		expect(ran.stdout).toMatch(/2 stored, 0 already stored before, 2 refused/);
		const requests = [aRequest(id), aRequest(id)].map(
			({ requestId, serviceReferenceVariant, userRole, requestedAt }) =>
				[requestId, serviceReferenceVariant, userRole, requestedAt].join(',')
		);
		const csv = `requestId,serviceReferenceVariant,userRole,requestedAt\n${requests[0]}\nwrong,6.5,ED,\n${requests[1]}\n`;
		const piped = await causeway(['import', '-', '--url', system.url], env, csv);
		expect(piped.code).toBe(1);
		expect(piped.stderr).toMatch(/\bline 3\b/);
		expect(piped.stdout).toMatch(/- -> \/service-requests: 2 stored, 0 already stored before, 1 refused/);
	});

	it('names the line of the file in a large inventory, and sends no row of a file with an unknown column', async () => {
		const rows = Array.from({ length: 5001 }, () => `${newDeviceId()};ESME`);
		const large = write(
			'large.csv',
			`sep=;\r\ndeviceId;deviceType\r\n${rows.join('\r\n')}\r\nwrong;ESME\r\n`
		);
		const ids = [newDeviceId()];
		const misspelt = write('misspelt.csv', `deviceId,deviceType,modle\n${ids[0]},ESME,X\n`);
		const ran = await causeway(['import', large, misspelt, '--url', system.url], env);
		expect(ran.code).toBe(1);
		expect(ran.stderr).toMatch(/large\.csv: line 5004, column deviceId/);
		expect(ran.stderr).toMatch(/misspelt\.csv: .*modle.*model/);
		expect(ran.stdout).toMatch(/2 files: 5001 stored, 0 already stored before, 2 refused/);
		expect(await stored('device', ids)).toBe(0);
	});

	it('stops at a key that is refused, and says why', async () => {
		const file = write('alerts.ndjson', ndjson([anAlert(newDeviceId())]));
		const ran = await causeway(['import', file, '--url', system.url, '--key', 'cwk_wrong'], env);
		expect(ran).toMatchObject({ code: 1, stdout: '' });
		expect(ran.stderr).toMatch(/\/alerts answered 401: The API key is not known here/);
	});
});

it('keeps the rows of one Device of a large inventory in one call', async () => {
	const rows = Array.from({ length: 5001 }, () => `${newDeviceId()},ESME`);
	// The two rows of this Device stand on both sides of the border between two calls.
	rows.splice(5000, 0, rows[4999]!);
	const file = write('inventory.csv', `deviceId,deviceType\n${rows.join('\n')}\n`);
	await loopback(
		async (server) => {
			await causeway(['import', file, '--url', server.url], env);
			const headerRow = 1;
			expect(server.accepted).toEqual([headerRow + 4999, headerRow + 3]);
		},
		() => false
	);
});

describe('import into a server that fails', () => {
	it('waits as long as Retry-After says, and sends each call again after a lost connection', async () => {
		const file = write('alerts.ndjson', ndjson(Array.from({ length: 12 }, () => anAlert(newDeviceId()))));
		const callAt: number[] = [];
		await loopback(
			async (server) => {
				const ran = await causeway(['import', file, '--url', server.url], env);
				expect(ran).toMatchObject({ code: 0 });
				expect(ran.stderr).toMatch(/waiting 2 s: \/alerts answered 503: busy/);
				expect(ran.stdout).toMatch(/12 stored/);
				expect(server.accepted).toEqual([12]);
				expect(callAt[1]! - callAt[0]!).toBeGreaterThanOrEqual(1990);
			},
			(call, _req, res) => {
				callAt.push(performance.now());
				if (call === 0) {
					res.writeHead(503, { 'retry-after': '2', 'content-type': 'application/problem+json' });
					res.end(JSON.stringify({ detail: 'busy' }));
				} else if (call === 1) res.destroy();
				return call < 2;
			}
		);
	});

	it('gives up after --retry-for, and the same command continues at the line that it reached', async () => {
		const alerts = Array.from({ length: 12_000 }, () => anAlert('00-DB-12-34-56-78-90-A0'));
		const file = write('alerts.ndjson', ndjson(alerts));
		let isDown = true;
		await loopback(
			async (server) => {
				const args = ['import', file, '--url', server.url, '--retry-for', '0'];
				const stopped = await causeway(args, env);
				expect(stopped).toMatchObject({ code: 1, stdout: '' });
				expect(stopped.stderr).toMatch(
					/answered 500: .*Everything before line 5001 was sent\. Run the same command again/
				);
				isDown = false;
				const continued = await causeway(args, env);
				expect(continued.code).toBe(0);
				expect(continued.stderr).toMatch(/continuing at line 5001/);
				expect(continued.stdout).toMatch(/7000 stored/);
				expect(server.accepted).toEqual([5000, 5000, 2000]);
				// After a complete import, the same command sends the whole file again.
				await causeway(args, env);
				expect(server.accepted.slice(3)).toEqual([5000, 5000, 2000]);
				await causeway([...args, '--from', '11999'], env);
				expect(server.accepted.slice(6)).toEqual([2]);
			},
			(call, _req, res) => {
				if (!isDown || call === 0) return false;
				res.writeHead(500).end();
				return true;
			}
		);
	});

	it('continues after a kill, and skips a file that was sent as a whole', async () => {
		const first = write('1.ndjson', ndjson([anAlert(newDeviceId())]));
		const lines = Array.from({ length: 7000 }, () => anAlert('00-DB-12-34-56-78-90-A0'));
		const second = write('2.ndjson', ndjson(lines));
		let hangs = true;
		await loopback(
			async (server) => {
				const args = ['import', first, second, '--url', server.url];
				const child = startCauseway(args, env);
				await eventually(() => expect(server.accepted).toEqual([1, 5000]));
				child.kill('SIGKILL');
				await once(child, 'close');
				hangs = false;
				const continued = await causeway(args, env);
				expect(continued.code).toBe(0);
				expect(continued.stdout).toMatch(/1\.ndjson: nothing to send/);
				expect(server.accepted.slice(2).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(7000);
			},
			(call) => hangs && call === 2
		);
	});
});
