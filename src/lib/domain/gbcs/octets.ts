// Reads the octets of a GBCS message. Checks before each read that the message has enough octets.

/**
 * A fault in a message. The decoder catches this error and returns its text, so callers of the decoder never see the
 * error.
 */
export class Malformed extends Error {}

export class Octets {
	readonly bytes: Uint8Array;
	at: number;
	readonly end: number;

	constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
		this.bytes = bytes;
		this.at = at;
		this.end = end;
	}

	get left(): number {
		return this.end - this.at;
	}

	/** Returns the next `count` octets. `what` names the field in the error text. */
	take(count: number, what: string): Uint8Array {
		if (count > this.left)
			throw new Malformed(`${what}: ${count} octets wanted at ${this.at}, ${this.left} left`);
		const part = this.bytes.subarray(this.at, this.at + count);
		this.at += count;
		return part;
	}

	byte(what: string): number {
		return this.take(1, what)[0]!;
	}

	expect(value: number, what: string): void {
		const got = this.byte(what);
		if (got !== value) throw new Malformed(`${what}: ${hex([value])} expected, ${hex([got])} found`);
	}

	/** Returns a reader over the next `count` octets. */
	slice(count: number, what: string): Octets {
		const from = this.at;
		this.take(count, what);
		return new Octets(this.bytes, from, from + count);
	}

	/**
	 * Reads a definite length: the short form, or 1 to 4 octets. The length need not be minimal, because GBCS Alerts
	 * use all forms.
	 */
	length(what: string): number {
		const first = this.byte(`${what} length`);
		if (first < 0x80) return first;
		const count = first & 0x7f;
		if (count === 0 || count > 4) throw new Malformed(`${what} length: form ${hex([first])} is not definite`);
		return Number(unsigned(this.take(count, `${what} length`)));
	}

	/** Returns a reader over the value that follows the given tag and its length. */
	tagged(tag: number, what: string): Octets {
		this.expect(tag, what);
		return this.slice(this.length(what), what);
	}

	rest(): Uint8Array {
		return this.take(this.left, 'rest');
	}
}

export const hex = (bytes: Iterable<number>): string =>
	Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
		.join('')
		.toUpperCase();

export const eui = (bytes: Uint8Array): string => hex(bytes).match(/../g)!.join('-');

/** Returns the unsigned big-endian number in the octets, of any size. */
export function unsigned(bytes: Uint8Array): bigint {
	let value = 0n;
	for (const byte of bytes) value = (value << 8n) | BigInt(byte);
	return value;
}

export const uint16 = (bytes: Uint8Array, at = 0): number => (bytes[at]! << 8) | bytes[at + 1]!;
