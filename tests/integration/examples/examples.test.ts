// Runs each program of examples/ against a running system, as its README says.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
	appendFileSync,
	cpSync,
	existsSync,
	mkdtempSync,
	readFileSync,
	readdirSync,
	rmSync,
	writeFileSync
} from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { response, smets1Alert } from '../../support/duis-messages.ts';
import { aDevice, aRequest, anAlert, newDeviceId } from '../../support/records.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

const EXAMPLES = resolve(import.meta.dirname, '../../../examples');
let system: System;
let folder: string;
beforeAll(async () => {
	system = await startSystem();
	folder = mkdtempSync(join(tmpdir(), 'causeway-examples-'));
});
afterAll(async () => {
	await system?.[Symbol.asyncDispose]();
	rmSync(folder, { recursive: true, force: true });
});

/** Starts a program of examples/ with an API key. Collects what it prints. */
function start(command: string, args: string[], key = '*', url = system.url) {
	const child = spawn(command, args, { env: { ...process.env, CAUSEWAY_URL: url, KEY: system.keys[key] } });
	const printed = { out: '', error: '' };
	child.stdout.on('data', (data: Buffer) => (printed.out += data.toString()));
	child.stderr.on('data', (data: Buffer) => (printed.error += data.toString()));
	return { child, printed };
}

async function run(command: string, args: string[], key?: string, url?: string) {
	const { child, printed } = start(command, args, key, url);
	const [code] = (await once(child, 'close')) as [number | null];
	return { code, ...printed };
}

async function stop(child: ChildProcess): Promise<void> {
	const ended = once(child, 'close');
	child.kill('SIGTERM');
	await ended;
}

/** Starts a proxy that answers the first calls with 503 and Retry-After, and then passes all calls on. */
async function busyProxy(refusals: number): Promise<{ server: Server; url: string; refused: () => number }> {
	let refused = 0;
	const server = createServer((req, res) => {
		if (refused < refusals) {
			refused++;
			req.resume();
			res.writeHead(503, { 'retry-after': '1', 'content-type': 'application/problem+json' }).end('{}');
			return;
		}
		const { method, headers, url } = req;
		req.pipe(
			request(system.url + url, { method: method!, headers }, (answer) =>
				answer.pipe(res.writeHead(answer.statusCode!, answer.headers))
			)
		);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	return { server, url: `http://127.0.0.1:${port}`, refused: () => refused };
}

/** Passes connections on to the system until the test cuts them. */
async function cuttableLine() {
	const sockets = new Set<Socket>();
	const server = createTcpServer((near) => {
		const far = connect(Number(new URL(system.url).port), '127.0.0.1');
		for (const socket of [near, far]) {
			sockets.add(socket);
			socket.on('error', () => {});
			socket.once('close', () => [near, far].forEach((end) => end.destroy()));
		}
		near.pipe(far).pipe(near);
	});
	const listen = async (port: number): Promise<void> => {
		server.listen(port, '127.0.0.1');
		await once(server, 'listening');
	};
	await listen(0);
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		async cut(): Promise<void> {
			const closed = once(server, 'close');
			server.close();
			for (const socket of sockets) socket.destroy();
			sockets.clear();
			await closed;
		},
		mend: () => listen(port)
	};
}

const DEVICE = '00-DB-12-34-56-78-90-A0';

describe('inventory-csv', () => {
	const script = join(EXAMPLES, 'inventory-csv/send.sh');

	it('sends its sample, and a second run changes nothing', async () => {
		const file = join(EXAMPLES, 'inventory-csv/devices.csv');
		const first = await run('sh', [script, file]);
		expect(first).toMatchObject({ code: 0, error: '' });
		expect(JSON.parse(first.out)).toMatchObject({ accepted: 2, rejected: [] });
		expect((await system.get('brightwell', `/devices/${DEVICE}`)).body.model).toBe('EX-100');
		expect(JSON.parse((await run('sh', [script, file])).out)).toMatchObject({ accepted: 0, duplicates: 2 });
	});

	it('ends with 1 and the reason if a row is rejected, and obeys Retry-After', async () => {
		const file = join(folder, 'devices.csv');
		writeFileSync(file, `deviceId,deviceType\n${newDeviceId()},ESME\nnonsense,ESME\n`);
		const proxy = await busyProxy(1);
		const bad = await run('sh', [script, file], '*', proxy.url);
		proxy.server.close();
		expect(proxy.refused()).toBe(1);
		expect(bad).toMatchObject({ code: 1, error: expect.stringMatching(/rejected/) });
		expect(bad.out).toMatch(/line 3/);
	});
});

describe('audit-feed', () => {
	const feed = (file: string, url?: string) =>
		run(process.execPath, [join(EXAMPLES, 'audit-feed/feed.mjs'), file], '*', url);

	it('sends all lines, sets the mark, continues with appended lines, and keeps rejected lines with the reason', async () => {
		const deviceId = newDeviceId();
		await system.post('/devices', aDevice(deviceId));
		const file = join(folder, 'requests.ndjson');
		const line = (second: number): string =>
			`${JSON.stringify(aRequest(deviceId, { requestedAt: new Date(Date.UTC(2026, 10, 5, 2, 0, second)).toISOString() }))}\n`;
		const lines = Array.from({ length: 1200 }, (_, i) => line(i));
		writeFileSync(file, lines.join(''));
		const proxy = await busyProxy(1);
		const first = await feed(file, proxy.url);
		proxy.server.close();
		expect(first.error).toMatch(/503; the next try is in 1 s/);
		expect(first).toMatchObject({
			code: 0,
			out: expect.stringMatching(/^1000 accepted.*\n200 accepted.*\ncomplete until 2026-11-05T02:19:59.000Z/)
		});

		appendFileSync(file, `${line(1300)}{"requestId":"nonsense"}\n`);
		const second = await feed(file);
		expect(second).toMatchObject({
			code: 0,
			out: expect.stringMatching(/^1 accepted, 0 known, 1 rejected\n/)
		});
		expect(readFileSync(`${file}.rejected`, 'utf8')).toMatch(/requestId.*nonsense/);
		const { body } = await system.get('brightwell', '/service-requests/completeness');
		expect(body.items).toMatchObject([{ source: 'audit-trail', completeUntil: '2026-11-05T02:21:40.000Z' }]);
		const timeline = await system.get(
			'brightwell',
			`/devices/${deviceId}/timeline?from=2026-11-05T00:00:00Z&to=2026-11-06T00:00:00Z`
		);
		expect(
			timeline.body.items.filter(({ kind }: { kind: string }) => kind === 'service-request').length
		).toBeGreaterThan(0);
		expect((await feed(file)).out).toBe('complete until 2026-11-05T02:21:40.000Z\n');
	});
});

describe('duis-drop', () => {
	const program = join(EXAMPLES, 'duis-drop/watch.mjs');
	let messages = 0;
	const message = (deviceId: string): string =>
		response(smets1Alert(deviceId, '8F30', '2026-11-05T02:14:07.000Z'), {
			requestId: `90-B3-D5-1F-30-01-00-01:${deviceId}:${++messages}`,
			responseId: `${deviceId}:90-B3-D5-1F-30-01-00-01:${messages}`
		});

	it('stores files as they come, moves them to done or refused with the reason, and continues after a restart', async () => {
		const drop = mkdtempSync(join(folder, 'drop-'));
		const devices = [newDeviceId(), newDeviceId(), newDeviceId()];
		await system.post(
			'/devices',
			devices.map((id) => aDevice(id))
		);
		writeFileSync(join(drop, '1.xml'), message(devices[0]!));
		writeFileSync(join(drop, '2.xml'), '<not-duis/>');
		const proxy = await busyProxy(1);
		const first = start(process.execPath, [program, drop], '*', proxy.url);
		try {
			await eventually(() => expect(readdirSync(join(drop, 'done'))).toEqual(['1.xml']));
			await eventually(() =>
				expect(readdirSync(join(drop, 'refused'))).toEqual(['2.xml', '2.xml.reason.txt'])
			);
			expect(readFileSync(join(drop, 'refused/2.xml.reason.txt'), 'utf8')).toMatch(/\w+ \w+/);
			expect(first.printed.error).toMatch(/503; the next try is in 1 s/);
			writeFileSync(join(drop, '3.xml'), message(devices[1]!));
			await eventually(() => expect(readdirSync(join(drop, 'done'))).toEqual(['1.xml', '3.xml']));
		} finally {
			await stop(first.child);
			proxy.server.close();
		}

		// A file that was sent but not moved before a power cut is sent again, and stored once.
		cpSync(join(drop, 'done/3.xml'), join(drop, '3.xml'));
		writeFileSync(join(drop, '4.xml'), message(devices[2]!));
		expect(await run(process.execPath, [program, drop, '--once'])).toMatchObject({ code: 0, error: '' });
		expect(readdirSync(join(drop, 'done'))).toHaveLength(4);
		for (const deviceId of devices)
			await eventually(async () =>
				expect(await system.alerts('brightwell', `?device=${deviceId}`)).toHaveLength(1)
			);
	});

	it('ends with 1 and keeps the files if Causeway refuses the key', async () => {
		const drop = mkdtempSync(join(folder, 'drop-'));
		writeFileSync(join(drop, '1.xml'), message(newDeviceId()));
		system.keys['wrong'] = 'cwk_wrong';
		const refused = await run(process.execPath, [program, drop, '--once'], 'wrong');
		expect(refused).toMatchObject({ code: 1, error: expect.stringMatching(/\w+/) });
		expect(existsSync(join(drop, '1.xml'))).toBe(true);
	});
});

describe('live-consumer', () => {
	it('prints what is there, each change as it comes, and what it missed while its connection was cut', async () => {
		const devices = [newDeviceId(), newDeviceId(), newDeviceId()];
		await system.post(
			'/devices',
			devices.map((id) => aDevice(id))
		);
		await system.post('/alerts', anAlert(devices[0]!));
		const [known] = await eventually(async () => {
			const found = await system.alerts('brightwell', `?device=${devices[0]}`);
			expect(found).toHaveLength(1);
			return found;
		});
		const program = join(EXAMPLES, 'live-consumer/consume.mjs');
		const line = await cuttableLine();
		const { child, printed } = start(process.execPath, [program], 'brightwell', line.url);
		const ids = (): string[] =>
			printed.out
				.split('\n')
				.filter(Boolean)
				.map((line) => JSON.parse(line).id);
		try {
			await eventually(() => expect(ids()).toContain(known!.id));
			await system.post('/alerts', anAlert(devices[1]!));
			const [live] = await eventually(async () => {
				const found = await system.alerts('brightwell', `?device=${devices[1]}`);
				expect(found).toHaveLength(1);
				return found;
			});
			await eventually(() => expect(ids()).toContain(live!.id));
			// While the connection is cut, the feed of the program has a gap.
			await line.cut();
			await system.post('/alerts', anAlert(devices[2]!));
			const [missed] = await eventually(async () => {
				const found = await system.alerts('brightwell', `?device=${devices[2]}`);
				expect(found).toHaveLength(1);
				return found;
			});
			expect(ids()).not.toContain(missed!.id);
			await line.mend();
			await eventually(() => expect(ids()).toContain(missed!.id));
		} finally {
			await stop(child);
			await line.cut();
		}
	});
});
