// Builds GBCS Alerts from their byte layout: all families, headers and wrappers. Signature and MAC are dummies, because
// the reader verifies neither.

export const octets = (hex: string): number[] =>
	(hex.replace(/[^0-9A-Fa-f]/g, '').match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));

export const uint = (value: number | bigint | string, size: number): number[] =>
	Array.from({ length: size }, (_, i) => Number((BigInt(value) >> BigInt(8 * (size - 1 - i))) & 0xffn));

/** Encodes a definite length. `form` forces the long form that GBCS sometimes uses where a short form would do. */
export function length(count: number, form: 'shortest' | '82' = 'shortest'): number[] {
	if (form === '82') return [0x82, ...uint(count, 2)];
	return count < 0x80 ? [count] : count < 0x100 ? [0x81, count] : [0x82, ...uint(count, 2)];
}

export const tagged = (tag: number, content: number[], form: 'shortest' | '82' = 'shortest'): number[] => [
	tag,
	...length(content.length, form),
	...content
];

export const cosemTime = (at: Date): number[] => [
	...uint(at.getUTCFullYear(), 2),
	at.getUTCMonth() + 1,
	at.getUTCDate(),
	0xff,
	at.getUTCHours(),
	at.getUTCMinutes(),
	at.getUTCSeconds(),
	0,
	0x80,
	0x00,
	0xff
];
export const zigbeeTime = (at: Date): number[] => uint((at.getTime() - Date.UTC(2000, 0, 1)) / 1000, 4);
export const generalizedTime = (at: Date): number[] =>
	[...`${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`].map((char) => char.charCodeAt(0));

export interface Header {
	device: string;
	target: string;
	counter: bigint | string;
	messageCode: string;
	supplementary?: { id: string; counter?: string; originatorCounter?: string };
	/** The COSEM date-time in the header. Responses have this field. */
	dateTime?: number[];
	flag?: number;
}

/** Wraps `content` in general-signing (0xDF). */
export function signed(header: Header, content: number[], signature = 64): number[] {
	const { supplementary: s } = header;
	const other = [
		...octets(header.messageCode),
		...(s ? octets(s.id) : []),
		...(s?.counter ? uint(s.counter, 8) : []),
		...(s?.originatorCounter ? uint(s.originatorCounter, 8) : [])
	];
	const dateTime = header.dateTime ?? [];
	return [
		0xdf,
		9,
		header.flag ?? 3,
		...uint(header.counter, 8),
		8,
		...octets(header.device),
		8,
		...octets(header.target),
		dateTime.length,
		...dateTime,
		...length(other.length),
		...other,
		...length(content.length),
		...content,
		signature,
		...Array<number>(signature).fill(0xa5)
	];
}

/** Wraps the unsigned message and a MAC in general-ciphering (0xDD). */
export function withMac(header: Header, content: number[]): number[] {
	const service = [0x11, 0, 0, 0, 0, ...signed(header, content, 0), ...Array<number>(12).fill(0x5a)];
	return [0xdd, 0, 0, 0, 0, 0, 0, ...length(service.length), ...service];
}

export const dlms = (code: string, time: number[], body: number[] = [], elements = 2): number[] => [
	0x0f,
	0x20,
	0,
	0,
	1,
	0,
	0x02,
	elements,
	0x12,
	...octets(code),
	...tagged(0x09, time),
	...body
];
export const gbz = (code: string, time: number[], body: number[] = [], components = 0): number[] => [
	0x01,
	0x09,
	components,
	...octets(code),
	...time,
	...body
];
export const asn1 = (
	code: string,
	time: number[],
	body: number[] = [],
	form: 'shortest' | '82' = 'shortest'
): number[] => tagged(0x30, [...tagged(0x02, [0, ...octets(code)]), ...tagged(0x18, time), ...body], form);

/** Encodes an ASN.1 INTEGER in the fewest possible octets. */
export function integer(value: bigint): number[] {
	const bytes = octets(
		value.toString(16).padStart(value.toString(16).length + (value.toString(16).length % 2), '0')
	);
	return tagged(0x02, bytes[0]! >= 0x80 ? [0, ...bytes] : bytes);
}
