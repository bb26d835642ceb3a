// Checks of single elements of a DUIS message; what does not fit is thrown as `Unfit` and answered as a reason.
import type { z } from 'zod';
import { child, textOf, type XmlElement } from './xml.ts';

export class Unfit extends Error {}

/** Where the elements stand in a fixed order (xs:sequence), any other order is not valid. */
export function requireOrder(
	element: XmlElement,
	names: readonly string[],
	required: readonly string[]
): void {
	let last = -1;
	for (const { name } of element.children) {
		const at = names.indexOf(name);
		if (at < 0) throw new Unfit(`${element.name}: ${name.slice(0, 40)} does not belong there`);
		if (at <= last) throw new Unfit(`${element.name}: ${name} stands out of order`);
		last = at;
	}
	for (const name of required)
		if (!child(element, name)) throw new Unfit(`${element.name}: ${name} is missing`);
}

export function checked<T>(schema: z.ZodType<T>, text: string | null, what: string): T {
	const result = schema.safeParse(text);
	if (!result.success) throw new Unfit(`${what}: ${result.error.issues[0]?.message ?? 'does not fit'}`);
	return result.data;
}

/** Four hex digits, in upper case. */
export function hexCode(element: XmlElement, name: string): string {
	const code = textOf(child(element, name))!;
	if (!/^[0-9A-Fa-f]{4}$/.test(code)) throw new Unfit(`${name}: must be four hex digits`);
	return code.toUpperCase();
}

/** xs:unsignedShort */
export const short = (element: XmlElement, name: string): number =>
	whole(textOf(child(element, name))!, 65535, name);

export function whole(text: string, most: number, what: string): number {
	if (!/^\d{1,10}$/.test(text) || Number(text) > most)
		throw new Unfit(`${what}: must be a number up to ${most}`);
	return Number(text);
}

export function decodeBase64(text: string): Buffer {
	const compact = text.replace(/\s+/g, '');
	if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact))
		throw new Unfit('GBCSPayload: is not base64');
	return Buffer.from(compact, 'base64');
}
