// Finds the Supplier that is responsible for a Device at an instant. Tenures are half-open: they include `from` and
// exclude `to`.

/** A tenure, with its times in epoch ms. `to: null` means that the tenure lasts until further notice. */
export interface TenureSpan {
	supplierId: number;
	from: number;
	to: number | null;
}

const covers = (span: TenureSpan, at: number): boolean =>
	span.from <= at && (span.to === null || at < span.to);

/**
 * Returns the tenure at the instant `at` (epoch ms), or `undefined` if the Device has no tenure then. The tenures of
 * one Device never overlap.
 */
export function tenureAt(spans: readonly TenureSpan[], at: number): TenureSpan | undefined {
	return spans.find((span) => covers(span, at));
}

export const isResponsible = (spans: readonly TenureSpan[], supplierId: number, at: number): boolean =>
	tenureAt(spans, at)?.supplierId === supplierId;

/** Returns whether a Supplier had tenures of a Device, and all had ended at the instant `at` (epoch ms). */
export function hasLeft(spans: readonly TenureSpan[], supplierId: number, at: number): boolean {
	const own = spans.filter((span) => span.supplierId === supplierId);
	return own.length > 0 && own.every(({ to }) => to !== null && to <= at);
}

/** Returns whether a tenure begins or ends within `[at - beforeMs, at + afterMs]` (`at`: epoch ms). */
export function changesNear(
	spans: readonly TenureSpan[],
	at: number,
	beforeMs: number,
	afterMs: number
): boolean {
	return spans.some((span) =>
		[span.from, span.to].some((edge) => edge !== null && edge >= at - beforeMs && edge <= at + afterMs)
	);
}
