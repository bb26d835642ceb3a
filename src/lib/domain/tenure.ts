// Tenure: which Supplier is responsible for a Device at an instant. Half-open: `from` is in, `to` is not.

/** A tenure in epoch milliseconds; `to: null` = until further notice. */
export interface TenureSpan {
	supplierId: number;
	from: number;
	to: number | null;
}

export const covers = (span: TenureSpan, at: number): boolean =>
	span.from <= at && (span.to === null || at < span.to);

/** The tenure that holds at `at`, if any; spans of one Device never overlap. */
export function tenureAt(spans: readonly TenureSpan[], at: number): TenureSpan | undefined {
	return spans.find((span) => covers(span, at));
}

export const isResponsible = (spans: readonly TenureSpan[], supplierId: number, at: number): boolean =>
	tenureAt(spans, at)?.supplierId === supplierId;

/** Whether a change of Supplier lies within `[at - before, at + after]` (milliseconds). */
export function changesNear(
	spans: readonly TenureSpan[],
	at: number,
	before: number,
	after: number
): boolean {
	return spans.some((span) =>
		[span.from, span.to].some((edge) => edge !== null && edge >= at - before && edge <= at + after)
	);
}
