// Converts an EUI-64 between its text (`00-DB-12-...`) and the eight bytes that PostgreSQL and Redis store.

export const euiToBytes = (eui: string): Buffer => Buffer.from(eui.replaceAll('-', ''), 'hex');

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0').toUpperCase());

export function bytesToEui(bytes: Buffer): string {
	let eui = HEX[bytes[0]!]!;
	for (let i = 1; i < bytes.length; i++) eui += `-${HEX[bytes[i]!]}`;
	return eui;
}
