import { describe, expect, test } from 'vitest';
import { createSeal } from '#lib/server/access/seal.ts';

const SECRET = 'a secret of this installation, long enough';
const PLACE = 'on_call_channel/1/bridge';

describe('a sealed secret', () => {
	test('opens with the same AUTH_SECRET at the same place', () => {
		const sealed = createSeal(SECRET).seal('whsec_ä', PLACE);
		expect(createSeal(SECRET).open(sealed, PLACE)).toBe('whsec_ä');
	});

	test('does not open with another AUTH_SECRET, or at another place', () => {
		const sealed = createSeal(SECRET).seal('whsec_a', PLACE);
		expect(createSeal(`${SECRET}.`).open(sealed, PLACE)).toBeNull();
		expect(createSeal(SECRET).open(sealed, 'on_call_channel/2/bridge')).toBeNull();
	});

	test('does not open after a change of any byte, or without its end', () => {
		const seal = createSeal(SECRET);
		const sealed = seal.seal('whsec_a', PLACE);
		for (let i = 0; i < sealed.length; i++) {
			const changed = Buffer.from(sealed);
			changed[i]! ^= 1;
			expect(seal.open(changed, PLACE)).toBeNull();
			expect(seal.open(sealed.subarray(0, i), PLACE)).toBeNull();
		}
	});

	test('differs each time and does not show the text', () => {
		const seal = createSeal(SECRET);
		const [one, other] = [seal.seal('the password', PLACE), seal.seal('the password', PLACE)];
		expect(one.equals(other)).toBe(false);
		expect(one.includes('password')).toBe(false);
	});
});
