// Adds the current figures of learned evidence to Alerts when they are read. The figures are no part of the
// explanation: when the figures change, the version of the Alert stays the same.
import type { Alert } from '#lib/domain/alert.ts';
import { withFrequencies, type LearnedPatterns } from '#lib/domain/learned-pattern.ts';
import type { AlertReader } from './alert-reader.ts';

/** Wraps a reader: each Alert that the wrapped reader returns has the figures of its Supplier. */
export function withFigures(
	reader: AlertReader,
	learned: { of(supplierId: number): Promise<LearnedPatterns> }
): AlertReader {
	const addFigures = async (supplierId: number, alerts: Alert[]): Promise<Alert[]> => {
		const patterns = await learned.of(supplierId);
		return alerts.map((alert) => withFrequencies(alert, patterns));
	};
	return {
		...reader,
		async page(supplierId, filters) {
			const page = await reader.page(supplierId, filters);
			return { ...page, items: await addFigures(supplierId, page.items) };
		},
		async one(supplierId, id) {
			const alert = await reader.one(supplierId, id);
			return alert && (await addFigures(supplierId, [alert]))[0]!;
		},
		many: async (supplierId, ids) => addFigures(supplierId, await reader.many(supplierId, ids)),
		async feed(supplierId, after, limit) {
			const page = await reader.feed(supplierId, after, limit);
			return page && { ...page, items: await addFigures(supplierId, page.items) };
		}
	};
}
