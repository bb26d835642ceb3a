// Reads parameters from the path of a call.
import { RecordId } from '#lib/domain/record-id.ts';
import { Problem } from './problem.ts';

/** Returns the id of a stored row in the path, such as `/alerts/{id}`. Throws a 404 problem if the text is no such id. */
export function recordIdIn(params: Readonly<Record<string, string>>, what: string): string {
	const id = RecordId.safeParse(params['id']);
	if (!id.success) throw new Problem(404, `No such ${what}`);
	return id.data;
}
