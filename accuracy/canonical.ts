// Compares the explanations of two runs byte by byte: the conclusions and their reasons, without ids, versions and
// times.
import type { Alert } from '#lib/domain/alert.ts';

export interface ReadAlert {
	viewer: string;
	alert: Alert;
}

/** The fields that must not depend on the order of arrival. Ids, versions and decisions may depend on the order. */
const FIELDS = ['explanation', 'summary', 'notes', 'candidates', 'excluded'] as const;

export interface Difference {
	alert: string;
	field: string;
	/** The value of the field in each run, as JSON. `null`: the run does not have the Alert. */
	values: [string | null, string | null];
}

/** Lists every field of every Alert in which two runs differ. */
export function differences(a: readonly ReadAlert[], b: readonly ReadAlert[]): Difference[] {
	const [first, second] = [canonical(a), canonical(b)];
	return [...new Set([...first.keys(), ...second.keys()])]
		.sort()
		.flatMap((alert) =>
			FIELDS.map((field): Difference => {
				const values: Difference['values'] = [
					first.get(alert)?.[field] ?? null,
					second.get(alert)?.[field] ?? null
				];
				return { alert, field, values };
			})
		)
		.filter(({ values }) => values[0] !== values[1]);
}

/** Describes a difference for a reader: the part of both values around the first different character. */
export function describeDifference({ alert, field, values }: Difference): string {
	const [a, b] = values.map((text) => text ?? 'nothing') as [string, string];
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
