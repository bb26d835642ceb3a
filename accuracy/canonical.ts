// The explanations of a run in one form, so that two runs can be compared to the byte: what was concluded and why, and
// nothing of when it was written.
import type { Alert } from '#lib/domain/alert.ts';

export interface ReadAlert {
	viewer: string;
	alert: Alert;
}

/** What must not depend on the order of arrival; ids, versions and decisions do. */
const FIELDS = ['explanation', 'summary', 'notes', 'candidates', 'excluded'] as const;

export interface Difference {
	alert: string;
	field: string;
	/** What each run says; `null` where it does not have the Alert. */
	said: [string | null, string | null];
}

/** Every field of every Alert in which two runs differ by a byte. */
export function differences(a: readonly ReadAlert[], b: readonly ReadAlert[]): Difference[] {
	const [first, second] = [canonical(a), canonical(b)];
	return [...new Set([...first.keys(), ...second.keys()])]
		.sort()
		.flatMap((alert) =>
			FIELDS.map((field): Difference => {
				const said: Difference['said'] = [
					first.get(alert)?.[field] ?? null,
					second.get(alert)?.[field] ?? null
				];
				return { alert, field, said };
			})
		)
		.filter(({ said }) => said[0] !== said[1]);
}

/** The part in which the two answers differ, for a reader. */
export function describeDifference({ alert, field, said }: Difference): string {
	const [a, b] = said.map((text) => text ?? 'nothing') as [string, string];
	let from = 0;
	while (from < a.length && a[from] === b[from]) from++;
	const part = (text: string): string => text.slice(Math.max(0, from - 120), from + 240);
	return `${alert}, ${field}: "${part(a)}" or "${part(b)}"`;
}

function canonical(read: readonly ReadAlert[]): Map<string, Record<string, string>> {
	return new Map(
		read.map(({ viewer, alert }) => [
			`${viewer} ${alert.messageId}`,
			Object.fromEntries(FIELDS.map((field) => [field, JSON.stringify(alert[field])]))
		])
	);
}
