// Tests compressed bodies: which encodings the API accepts, and how the limits hold for the bytes after decompression.
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anAlert, newDeviceId } from '../../support/records.ts';
import { startSystem, type System } from '../../support/system.ts';

const MEBIBYTE = 1024 * 1024;

let system: System;
beforeAll(async () => {
	system = await startSystem({ worker: false });
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

async function send(encoding: string, body: Uint8Array | ReadableStream, path = '/alerts') {
	const response = await fetch(`${system.url}/api/v1${path}`, {
		method: 'POST',
		headers: {
			authorization: `Bearer ${system.keys['*']}`,
			'content-type': path === '/duis' ? 'application/xml' : 'application/json',
			'content-encoding': encoding
		},
		body: body as BodyInit,
		duplex: 'half'
	} as RequestInit);
	return {
		status: response.status,
		acceptEncoding: response.headers.get('accept-encoding'),
		body: (await response.json()) as { detail: string; accepted: number }
	};
}

const COMPRESSORS: ReadonlyArray<[encoding: string, compress: (data: Buffer) => Buffer]> = [
	['gzip', gzipSync],
	['x-gzip', gzipSync],
	['deflate', deflateSync],
	['br', brotliCompressSync],
	['zstd', zstdCompressSync],
	['GZIP', gzipSync],
	['identity', (data) => data]
];
const alert = (): Buffer => Buffer.from(JSON.stringify(anAlert(newDeviceId())));

describe('a compressed body', () => {
	it.each(COMPRESSORS)('is accepted with Content-Encoding %s', async (encoding, compress) => {
		expect(await send(encoding, compress(alert()))).toMatchObject({ status: 202, body: { accepted: 1 } });
	});

	it.each(COMPRESSORS.filter(([encoding]) => encoding !== 'identity'))(
		'is refused with 413 if %s inflates it beyond the limit of the route',
		async (encoding, compress) => {
			const answer = await send(encoding, compress(Buffer.alloc(9 * MEBIBYTE, ' ')));
			expect(answer.status).toBe(413);
			expect(answer.body.detail).toMatch(/after decompression is larger than 8388608 bytes; split it/);
		}
	);

	it('is measured against the limit of its own route', async () => {
		const answer = await send('gzip', gzipSync(Buffer.alloc(300 * 1024, ' ')), '/duis');
		expect([answer.status, answer.body.detail]).toEqual([413, expect.stringMatching(/decompression/)]);
	});

	it('of 8 MB that stands for 8 GB costs little memory', async () => {
		const member = gzipSync(Buffer.alloc(100 * MEBIBYTE), { level: 9 });
		const bomb = Buffer.concat(Array<Buffer>(Math.floor((8 * MEBIBYTE) / member.length)).fill(member));
		expect(bomb.length).toBeGreaterThan(7.5 * MEBIBYTE);
		await send('gzip', gzipSync(alert()));
		const before = process.memoryUsage.rss();
		let peak = before;
		const sampling = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 2);
		const answers = await Promise.all([send('gzip', bomb), send('gzip', bomb)]);
		clearInterval(sampling);
		expect(answers.map(({ status }) => status)).toEqual([413, 413]);
		// Two inflated bodies up to the limit are 16 MiB, and the client in this process sends 16 MiB.
		expect((peak - before) / MEBIBYTE).toBeLessThan(100);
	});

	it('is refused with 400 if its data is broken or cut off', async () => {
		const whole = gzipSync(alert());
		for (const broken of [Buffer.from('not gzip'), whole.subarray(0, -12), whole.subarray(0, 5)]) {
			const answer = await send('gzip', broken);
			expect([answer.status, answer.body.detail]).toEqual([400, expect.stringMatching(/compress it again/)]);
		}
		for (const [encoding] of COMPRESSORS.slice(2, 5))
			expect((await send(encoding, Buffer.from('{"not": "compressed"}'))).status).toBe(400);
	});

	it.each(['compress', 'snappy', 'gzip, br', 'gzip,gzip', 'constructor'])(
		'is refused with 415 for Content-Encoding %s, and the answer names the accepted encodings',
		async (encoding) => {
			const answer = await send(encoding, gzipSync(alert()));
			expect(answer.status).toBe(415);
			expect(answer.acceptEncoding).toBe('gzip, deflate, br, zstd');
			expect(answer.body.detail).toMatch(/gzip, deflate, br, zstd/);
		}
	);
});

it('a body without Content-Length that is too large gets the answer 413', async () => {
	const part = Buffer.alloc(MEBIBYTE, ' ');
	let sent = 0;
	const stream = new ReadableStream({
		pull: (controller) => (sent++ < 12 ? controller.enqueue(part) : controller.close())
	});
	expect((await send('identity', stream)).status).toBe(413);
});
