// Reads the values of arguments: slugs, User IDs, scopes, ids, periods and ends.
import { SCOPES, type Scope } from '#lib/domain/access.ts';
import { SupplierSlug } from '#lib/domain/device.ts';
import { Eui64 } from '#lib/domain/eui64.ts';
import { firstFieldError } from '#lib/domain/field-errors.ts';
import { UsageError } from './verb.ts';

const HOUR_MS = 3_600_000;
const UNITS_MS: Readonly<Record<string, number>> = {
	m: 60_000,
	h: HOUR_MS,
	d: 24 * HOUR_MS,
	y: 365 * 24 * HOUR_MS
};

export function readSlug(text: string | undefined): string {
	const slug = SupplierSlug.safeParse(text);
	if (!slug.success) throw new UsageError(`SLUG ${firstFieldError(slug.error, text)}`);
	return slug.data;
}

/** Reads the slug of a Supplier, or `*` for the whole installation. */
export const readOwner = (text: string): string => (text === '*' ? text : readSlug(text));

export const readUserIds = (text: string | undefined): string[] =>
	(text ?? '')
		.split(',')
		.filter(Boolean)
		.map((one) => {
			const eui = Eui64.safeParse(one);
			if (!eui.success) throw new UsageError(`--user-ids: "${one}" ${firstFieldError(eui.error, one)}`);
			return eui.data;
		});

export function readScopes(text: string): Scope[] {
	const scopes = text.split(',').map((scope) => scope.trim());
	const unknown = scopes.filter((scope) => !(SCOPES as readonly string[]).includes(scope));
	if (unknown.length > 0)
		throw new UsageError(`--scopes: "${unknown.join(', ')}" is unknown; the scopes are ${SCOPES.join(', ')}`);
	return [...new Set(scopes as Scope[])];
}

export function readEmail(text: string | undefined): string {
	if (!text || !/^\S+@\S+\.\S+$/.test(text)) throw new UsageError('EMAIL must be an e-mail address');
	return text.toLowerCase();
}

export function readKeyId(text: string | undefined): number {
	if (!/^[1-9]\d{0,8}$/.test(text ?? ''))
		throw new UsageError('ID must be the number of a key; `apikey list` shows the numbers');
	return Number(text);
}

/** Reads a period such as `90d`, `24h` or `0` and returns it in ms. */
export function readPeriod(option: string, text: string): number {
	const [, number, unit] = /^(\d{1,5})([mhdy]?)$/.exec(text) ?? [];
	if (number === undefined || (!unit && number !== '0'))
		throw new UsageError(`--${option} must be a number with m, h, d or y, such as 24h or 90d`);
	return Number(number) * (UNITS_MS[unit ?? ''] ?? 0);
}

/** Reads the end of a key: a date, an instant, a period from now, or `never`, which is returned as `null`. */
export function readEnd(option: string, text: string): Date | null {
	if (text === 'never') return null;
	const isDate = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text);
	const end = isDate ? new Date(text) : new Date(Date.now() + readPeriod(option, text));
	if (Number.isNaN(end.getTime())) throw new UsageError(`--${option} names a day that does not exist`);
	if (end <= new Date()) throw new UsageError(`--${option} must be later than now`);
	return end;
}
