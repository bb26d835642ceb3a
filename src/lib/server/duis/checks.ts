// Checks single elements of a DUIS message. A check that fails throws `InvalidMessage`.
import type { z } from 'zod';
import { fieldErrors, firstFieldError } from '#lib/domain/field-errors.ts';
import { child, textOf, type XmlElement } from './xml.ts';

/**
 * The error of a message that breaks the DUIS schema. The text of the error is sent to the sender, so it never quotes a
 * value.
 */
export class InvalidMessage extends Error {}

/**
 * Checks that the children of an element are in the order that the schema requires (xs:sequence), and that no required
 * child is missing.
 */
export function requireOrder(
	element: XmlElement,
	names: readonly string[],
	required: readonly string[]
): void {
	let last = -1;
	for (const { name } of element.children) {
		const at = names.indexOf(name);
		if (at < 0) throw new InvalidMessage(`${element.name}: ${name.slice(0, 40)} is not allowed there`);
		if (at <= last) throw new InvalidMessage(`${element.name}: ${name} is out of order`);
		last = at;
	}
	for (const name of required)
		if (!child(element, name)) throw new InvalidMessage(`${element.name}: ${name} is missing`);
}

/** Checks the text of the element `name` against a schema. */
export function checked<T>(schema: z.ZodType<T>, text: string | null, name: string): T {
	const result = schema.safeParse(text);
	if (!result.success) throw new InvalidMessage(`${name}: ${firstFieldError(result.error, text)}`);
	return result.data;
}

/** Checks the collected fields against a schema of the domain. The error names every bad field. */
export function checkedFields<T>(schema: z.ZodType<T>, fields: Record<string, unknown>): T {
	const result = schema.safeParse(fields);
	if (!result.success)
		throw new InvalidMessage(
			fieldErrors(result.error, fields)
				.map(({ path, message }) => `${path}: ${message}`)
				.join('; ')
		);
	return result.data;
}

/** Reads the four hex digits of a child element, and returns them in upper case. */
export function hexCode(element: XmlElement, name: string): string {
	const code = textOf(child(element, name))!;
	if (!/^[0-9A-Fa-f]{4}$/.test(code)) throw new InvalidMessage(`${name}: must be four hex digits`);
	return code.toUpperCase();
}

/** Reads the xs:unsignedShort of a child element. */
export const unsignedShort = (element: XmlElement, name: string): number =>
	wholeNumber(textOf(child(element, name))!, 65535, name);

export function wholeNumber(text: string, max: number, name: string): number {
	if (!/^\d{1,10}$/.test(text) || Number(text) > max)
		throw new InvalidMessage(`${name}: must be a number from 0 to ${max}`);
	return Number(text);
}

export function decodeBase64(text: string): Buffer {
	const compact = text.replace(/\s+/g, '');
	if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact))
		throw new InvalidMessage('GBCSPayload: must be base64');
	return Buffer.from(compact, 'base64');
}
