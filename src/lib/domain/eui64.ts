// Parses EUI-64 ids, 64-bit counters and instants. EUI-64 ids of Devices and Users are eight hex pairs, stored in upper
// case with dashes (DUIS XSD, type EUI).
import { z } from 'zod';

/**
 * The accepted forms of an EUI-64, as a part of a pattern: 16 hex digits, or eight pairs with dashes or with colons. The
 * pattern has no flag, because JSON Schema has none.
 */
export const EUI64_FORMS = '[0-9A-Fa-f]{16}|[0-9A-Fa-f]{2}(?:(?:-[0-9A-Fa-f]{2}){7}|(?::[0-9A-Fa-f]{2}){7})';

/**
 * Returns an EUI-64 in its stored form: `00db1234567890a0`, in any case and with or without dashes or colons, becomes
 * `00-DB-12-34-56-78-90-A0`.
 */
export function formatEui64(text: string): string {
	if (/^[0-9A-F]{2}-/.test(text) && text === text.toUpperCase()) return text; // most senders use the stored form
	return text.replace(/[-:]/g, '').toUpperCase().match(/../g)!.join('-');
}

const EUI64_RULE = 'must be an EUI-64: eight hex pairs, with dashes, with colons or without separators';

/** An EUI-64 in any of its forms, with or without spaces around it. */
export const Eui64 = z
	.string(EUI64_RULE)
	.regex(new RegExp(`^\\s*(?:${EUI64_FORMS})\\s*$`), EUI64_RULE)
	.transform((text) => formatEui64(text.trim()));

const UINT64_MAX = 18446744073709551615n;
const COUNTER_RULE = 'must be a decimal counter from 0 to 2^64-1';

/**
 * A 64-bit counter as a decimal string, because the counter may exceed 2^53. The schema also accepts a safe integer.
 */
export const Counter = z
	.union([z.string(), z.number().int().nonnegative()], COUNTER_RULE)
	.transform(String)
	.refine((text) => /^(0|[1-9][0-9]{0,19})$/.test(text) && BigInt(text) <= UINT64_MAX, COUNTER_RULE);

/** An instant in RFC 3339 with an offset. The parsed instant is in UTC with milliseconds. */
export const Instant = z.iso
	.datetime({
		offset: true,
		error: 'must be an RFC 3339 time with an offset, such as 2026-11-05T02:14:07.000Z'
	})
	.transform((text, ctx) => {
		const at = new Date(text);
		if (Number.isFinite(at.getTime()) && at.getTime() >= 0) return at.toISOString();
		ctx.addIssue({ code: 'custom', message: 'must be a time after 1970' });
		return z.NEVER;
	});
