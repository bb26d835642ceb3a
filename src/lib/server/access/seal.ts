// Seals secrets before they are stored, such as the password of a channel, with a key that is derived from AUTH_SECRET.
// A stolen copy of the database alone opens no sealed secret.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
/** The first byte of sealed bytes. A later form gets another number. */
const FORM = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + IV_BYTES + TAG_BYTES;

/** What a person does when `open` returns `null`. */
export const CANNOT_OPEN =
	'AUTH_SECRET has changed since the secret was stored: set the former AUTH_SECRET again, or enter the secret again';

export interface Seal {
	/** Seals a text. `place`: where the sealed bytes are stored. Sealed bytes of another place do not open. */
	seal(text: string, place: string): Buffer;
	/** Opens sealed bytes. `null`: the bytes were sealed with another AUTH_SECRET, for another place, or are damaged. */
	open(sealed: Buffer, place: string): string | null;
}

export function createSeal(authSecret: string): Seal {
	const key = Buffer.from(hkdfSync('sha256', authSecret, '', 'causeway: stored secrets', 32));
	return {
		seal(text, place) {
			const iv = randomBytes(IV_BYTES);
			const cipher = createCipheriv(CIPHER, key, iv).setAAD(Buffer.from(place));
			const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
			return Buffer.concat([Buffer.of(FORM), iv, cipher.getAuthTag(), body]);
		},
		open(sealed, place) {
			if (sealed.length < HEAD_BYTES || sealed[0] !== FORM) return null;
			const iv = sealed.subarray(1, 1 + IV_BYTES);
			const cipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES })
				.setAAD(Buffer.from(place))
				.setAuthTag(sealed.subarray(1 + IV_BYTES, HEAD_BYTES));
			try {
				return cipher.update(sealed.subarray(HEAD_BYTES), undefined, 'utf8') + cipher.final('utf8');
			} catch {
				return null;
			}
		}
	};
}
