// Writes exports: the Alerts of a filter as CSV or NDJSON. The export reads page by page, so that a large export is
// never in memory as a whole.
import { once } from 'node:events';
import type { AlertFilters } from '#lib/domain/alert-filter.ts';
import type { Alert } from '#lib/domain/alert.ts';
import { requireSupplier } from '#lib/server/access/caller.ts';
import type { Call } from '#lib/server/http/route.ts';
import { API_HEADERS } from '#lib/server/http/send.ts';
import type { AlertReader } from './alert-reader.ts';

const PAGE_SIZE = 500;

const COLUMNS: ReadonlyArray<[name: string, value: (alert: Alert) => unknown]> = [
	['id', (a) => a.id],
	['effectiveAt', (a) => a.effectiveAt],
	['receivedAt', (a) => a.receivedAt],
	['deviceId', (a) => a.deviceId],
	['deviceType', (a) => a.deviceType],
	['code', (a) => a.code],
	['name', (a) => a.name],
	['category', (a) => a.category],
	['occurrences', (a) => a.occurrences],
	['explanation', (a) => a.explanation],
	['summary', (a) => a.summary],
	['candidate', (a) => a.candidates[0]?.requestId],
	['candidateTier', (a) => a.candidates[0]?.tier],
	['verdict', (a) => a.decision?.verdict],
	['reason', (a) => a.decision?.reason],
	['note', (a) => a.decision?.note],
	['decidedBy', (a) => a.decision?.by],
	['decidedAt', (a) => a.decision?.at]
];

export async function exportAlerts(
	{ services, caller, res }: Call<{ alerts: AlertReader }>,
	filters: AlertFilters,
	format: 'csv' | 'ndjson'
): Promise<undefined> {
	const supplierId = requireSupplier(caller);
	let page = await services.alerts.page(supplierId, { ...filters, limit: PAGE_SIZE });
	res.writeHead(200, {
		'content-type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8',
		'content-disposition': `attachment; filename="alerts.${format}"`,
		...API_HEADERS
	});
	if (format === 'csv') res.write(`${COLUMNS.map(([name]) => name).join(',')}\r\n`);
	for (;;) {
		const text = page.items
			.map((alert) =>
				format === 'csv'
					? `${COLUMNS.map(([, value]) => cell(value(alert))).join(',')}\r\n`
					: `${JSON.stringify(alert)}\n`
			)
			.join('');
		if (!res.write(text)) await Promise.race([once(res, 'drain'), once(res, 'close')]);
		if (page.nextCursor === null || res.destroyed) break;
		page = await services.alerts.page(supplierId, { ...filters, limit: PAGE_SIZE, cursor: page.nextCursor });
	}
	res.end();
	return undefined;
}

/**
 * Writes a CSV cell (RFC 4180). An apostrophe in front turns a value into text if a spreadsheet would run the value as
 * a formula.
 */
function cell(value: unknown): string {
	const text = value === null || value === undefined ? '' : String(value);
	const safe = /^[=+\-@\t\r＝＋－＠]/.test(text) ? `'${text}` : text;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
