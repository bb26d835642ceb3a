// Tells whether the database can store every text of a value. PostgreSQL refuses the NUL character, and half of a
// surrogate pair in JSON.

export const NOT_STORABLE =
	'A text has a NUL character (U+0000) or half of a surrogate pair, which cannot be stored; remove it';

export function isStorable(value: unknown): boolean {
	if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed();
	if (typeof value !== 'object' || value === null) return true;
	return Object.entries(value).every(([name, part]) => isStorable(name) && isStorable(part));
}
