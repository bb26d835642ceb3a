// Inflates compressed bodies. The stream stops at the limit, so that a small body cannot fill the memory.
import type { Transform } from 'node:stream';
import {
	constants,
	createBrotliDecompress,
	createGunzip,
	createInflate,
	createZstdDecompress
} from 'node:zlib';
import { Problem } from './problem.ts';

/** The largest window that a zstd body may ask for: 8 MiB, as RFC 9659 requires. The default of Node.js is 128 MiB. */
const ZSTD_WINDOW_LOG = 23;

const INFLATERS: Record<string, () => Transform> = {
	gzip: createGunzip,
	deflate: createInflate,
	br: createBrotliDecompress,
	zstd: () => createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } })
};

/** The accepted values of Content-Encoding. The header Accept-Encoding of a 415 answer lists them. */
export const CONTENT_ENCODINGS = Object.keys(INFLATERS);

/**
 * Returns a stream that inflates the body. `null`: the body is not compressed. Throws a 415 problem if the header
 * Content-Encoding names another encoding, or several.
 */
export function inflaterOf(header: string | undefined): Transform | null {
	const names = (header ?? '')
		.toLowerCase()
		.split(',')
		.map((name) => name.trim().replace(/^x-gzip$/, 'gzip'))
		.filter((name) => name !== '' && name !== 'identity');
	if (names.length === 0) return null;
	const known = CONTENT_ENCODINGS.join(', ');
	const extra = { acceptEncoding: known };
	if (names.length > 1)
		throw new Problem(
			415,
			`Content-Encoding names several encodings; compress the body once, with one of ${known}`,
			extra
		);
	const inflater = Object.hasOwn(INFLATERS, names[0]!) ? INFLATERS[names[0]!]! : undefined;
	if (!inflater)
		throw new Problem(
			415,
			`This Content-Encoding is not accepted; send one of ${known}, or the body without compression`,
			extra
		);
	return inflater();
}
