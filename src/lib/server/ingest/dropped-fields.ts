// Counts the fields of records that ingest drops because no schema names them, and lists their names for the sender. A
// name from outside may hold payload, so only names that look like names are listed.
import { z } from 'zod';
import { nearest } from '#lib/server/http/nearest.ts';

/** The fields that a schema names, each with the fields inside it; `null`: the field holds a single value. */
export type FieldTree = ReadonlyMap<string, FieldTree | null>;

/** Returns the fields of an object, or of the objects in a list. `null`: the schema accepts a single value. */
export function fieldTree(schema: z.ZodType): FieldTree | null {
	if (schema instanceof z.ZodObject)
		return new Map(
			Object.entries(schema.shape).map(([name, field]) => [name, fieldTree(field as z.ZodType)])
		);
	if (schema instanceof z.ZodArray) return fieldTree(schema.element as z.ZodType);
	if (schema instanceof z.ZodPipe) return fieldTree(schema.in as z.ZodType);
	return 'innerType' in schema.def ? fieldTree(schema.def.innerType as z.ZodType) : null;
}

export const DroppedFieldCount = z.object({
	field: z.string(),
	count: z.number().int(),
	/** The known field with the most similar name; absent: no known name is similar. */
	nearest: z.string().optional()
});
export type DroppedFieldCount = z.infer<typeof DroppedFieldCount>;

const MAX_LISTED = 20;
const MAX_LENGTH_DIFFERENCE = 2;
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,39}$/;
/** The name under which the other dropped fields are counted together. */
const OTHER = 'other';

/** The dropped fields of one call. */
export class DroppedFields {
	readonly #counts = new Map<string, number>();
	readonly #nearest = new Map<string, string>();
	#other = 0;
	total = 0;

	/**
	 * Counts a dropped field. `parents`: the path of the object that had the field, with a final dot, or empty. `known`:
	 * the names of the fields that this object may have.
	 */
	add(name: string, parents = '', known: Iterable<string> = []): void {
		this.total++;
		const path = parents + name;
		const count = this.#counts.get(path);
		if (count !== undefined) this.#counts.set(path, count + 1);
		else if (NAME.test(name) && path !== OTHER && this.#counts.size < MAX_LISTED) {
			this.#counts.set(path, 1);
			const similar = nearest(name, known);
			// A misspelt name has about the length of the right name. `payload` is no misspelt `dccPayload`.
			if (similar !== null && Math.abs(similar.length - name.length) <= MAX_LENGTH_DIFFERENCE)
				this.#nearest.set(path, parents + similar);
		} else this.#other++;
	}

	/** Counts the fields of a value, and of the objects inside it, that the tree does not name. */
	addUnknown(value: unknown, tree: FieldTree | null, parents = ''): void {
		if (!tree || typeof value !== 'object' || value === null) return;
		if (Array.isArray(value)) {
			for (const item of value) this.addUnknown(item, tree, parents);
			return;
		}
		for (const name in value) {
			const inner = tree.get(name);
			if (inner === undefined) this.add(name, parents, tree.keys());
			else if (inner) this.addUnknown((value as Record<string, unknown>)[name], inner, `${parents}${name}.`);
		}
	}

	/** Returns the names with their counts, the most frequent first. */
	list(): DroppedFieldCount[] {
		const listed = [...this.#counts].map(([field, count]): DroppedFieldCount => {
			const similar = this.#nearest.get(field);
			return similar === undefined ? { field, count } : { field, count, nearest: similar };
		});
		listed.sort((a, b) => b.count - a.count);
		return this.#other > 0 ? [...listed, { field: OTHER, count: this.#other }] : listed;
	}
}
