// Converts an EUI-64 between its text (`00-DB-12-...`) and the eight bytes that PostgreSQL and Redis store.

/** The value of each hex digit by its character code. */
const DIGIT = new Uint8Array(128);
for (const digit of '0123456789abcdefABCDEF') DIGIT[digit.charCodeAt(0)] = parseInt(digit, 16);

export function euiToBytes(eui: string): Buffer {
	const bytes = Buffer.allocUnsafe(8);
	for (let i = 0, at = 0; i < 8; i++, at += 3)
		bytes[i] = (DIGIT[eui.charCodeAt(at)]! << 4) | DIGIT[eui.charCodeAt(at + 1)]!;
	return bytes;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0').toUpperCase());

export function bytesToEui(bytes: Buffer): string {
	let eui = HEX[bytes[0]!]!;
	for (let i = 1; i < bytes.length; i++) eui += `-${HEX[bytes[i]!]}`;
	return eui;
}
