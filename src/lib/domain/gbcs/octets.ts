// A bounded reader over the octets of a GBCS message: every read is checked, nothing runs past the end.

/** What is wrong with a message; caught by the decoder and returned, never thrown to a caller. */
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

	/** The next `count` octets as a reader of their own. */
	slice(count: number, what: string): Octets {
		const from = this.at;
		this.take(count, what);
		return new Octets(this.bytes, from, from + count);
	}

	/** A definite length: short, or 1 to 4 octets long, not necessarily minimal (GBCS Alerts use all forms). */
	length(what: string): number {
		const first = this.byte(`${what} length`);
		if (first < 0x80) return first;
		const count = first & 0x7f;
		if (count === 0 || count > 4) throw new Malformed(`${what} length: form ${hex([first])} is not definite`);
		return Number(unsigned(this.take(count, `${what} length`)));
	}

	/** A value behind its tag and length. */
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

/** An unsigned big-endian number of any size. */
export function unsigned(bytes: Uint8Array): bigint {
	let value = 0n;
	for (const byte of bytes) value = (value << 8n) | BigInt(byte);
	return value;
}

export const uint16 = (bytes: Uint8Array, at = 0): number => (bytes[at]! << 8) | bytes[at + 1]!;
