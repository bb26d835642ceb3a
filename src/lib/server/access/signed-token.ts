// Signs small facts as a token for an address, and reads them back: a token that Causeway did not sign is worth nothing.
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** A token with a length above this is not read. */
const MOST_LENGTH = 1000;

export interface TokenSigner {
	/** Signs the parts. A part has no full stop in it. */
	sign(parts: readonly string[]): string;
	/** Returns the parts of a token; `null`: the token was not signed here, or not for this purpose. */
	open(token: string): string[] | null;
}

/** `purpose`: each use has its own key, so that the token of one use is no token of another. */
export function createTokenSigner(authSecret: string, purpose: string): TokenSigner {
	const key = Buffer.from(hkdfSync('sha256', authSecret, '', `causeway: ${purpose}`, 32));
	const macOf = (body: string): Buffer => createHmac('sha256', key).update(body).digest();
	return {
		sign(parts) {
			const body = Buffer.from(parts.join('.')).toString('base64url');
			return `${body}.${macOf(body).toString('base64url')}`;
		},
		open(token) {
			const [body, mac, ...more] = token.length > MOST_LENGTH ? [] : token.split('.');
			if (!body || !mac || more.length > 0) return null;
			const [given, expected] = [Buffer.from(mac, 'base64url'), macOf(body)];
			if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
			// Two spellings of base64 may stand for the same bytes. Only the spelling that was signed counts.
			if (expected.toString('base64url') !== mac) return null;
			return Buffer.from(body, 'base64url').toString('utf8').split('.');
		}
	};
}
