// Reads the bytes of a body within a limit. The limit holds for the bytes that arrive and for the inflated bytes.
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { inflaterOf } from './content-encoding.ts';
import { Problem } from './problem.ts';

/** Reads the whole body. The bytes that arrive are counted, because Content-Length may be wrong. */
export async function readBody(req: IncomingMessage, maxBytes: number): Promise<Buffer<ArrayBuffer>> {
	const inflater = inflaterOf(req.headers['content-encoding']);
	const tooLarge = (what: string) =>
		new Problem(413, `${what} is larger than ${maxBytes} bytes; split it into several calls`);
	if (Number(req.headers['content-length'] ?? 0) > maxBytes) throw tooLarge('The body');
	// A refusal must not destroy the request, because the answer needs its connection.
	const arriving = limit(req.iterator({ destroyOnReturn: false }), maxBytes, () => tooLarge('The body'));
	if (!inflater) return collect(arriving);
	try {
		let body = Buffer.alloc(0);
		await pipeline(arriving, inflater, async (inflated: AsyncIterable<Buffer>) => {
			body = await collect(limit(inflated, maxBytes, () => tooLarge('The body after decompression')));
		});
		return body;
	} catch (error) {
		if (error instanceof Problem || req.errored) throw error;
		throw new Problem(
			400,
			'The body is not valid data of its Content-Encoding, or its end is missing; compress it again'
		);
	}
}

async function* limit(
	chunks: AsyncIterable<Buffer>,
	maxBytes: number,
	tooLarge: () => Problem
): AsyncGenerator<Buffer> {
	let size = 0;
	for await (const chunk of chunks) {
		size += chunk.length;
		if (size > maxBytes) throw tooLarge();
		yield chunk;
	}
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer<ArrayBuffer>> {
	const all: Buffer[] = [];
	for await (const chunk of chunks) all.push(chunk);
	return Buffer.concat(all);
}
