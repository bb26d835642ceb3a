// Alerts as read, with the figures of learned evidence as they are now: they stand beside an explanation and are no part
// of it, so that they move without its version moving.
import type { Alert } from '#lib/domain/alert.ts';
import { withFrequencies, type LearnedPatterns } from '#lib/domain/learned-pattern.ts';
import type { AlertReader } from './alert-reader.ts';

/** The same reader; every Alert that it gives carries the figures of its Supplier. */
export function withFigures(
	reader: AlertReader,
	learned: { of(supplierId: number): Promise<LearnedPatterns> }
): AlertReader {
	const show = async (supplierId: number, alerts: Alert[]): Promise<Alert[]> => {
		const patterns = await learned.of(supplierId);
		return alerts.map((alert) => withFrequencies(alert, patterns));
	};
	return {
		...reader,
		async page(supplierId, filters) {
			const page = await reader.page(supplierId, filters);
			return { ...page, items: await show(supplierId, page.items) };
		},
		async one(supplierId, id) {
			const alert = await reader.one(supplierId, id);
			return alert && (await show(supplierId, [alert]))[0]!;
		},
		many: async (supplierId, ids) => show(supplierId, await reader.many(supplierId, ids)),
		async feed(supplierId, after, limit) {
			const page = await reader.feed(supplierId, after, limit);
			return page && { ...page, items: await show(supplierId, page.items) };
		}
	};
}
