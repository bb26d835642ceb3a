// Reads the Service Requests of a CSV: one row is one record of the audit trail.
import { ServiceRequestIn } from '#lib/domain/service-request.ts';
import { readCsv } from './csv.ts';
import type { RawRecord } from './records.ts';

/** An audit trail may have more columns than Causeway may store, so unknown columns are dropped and counted. */
export const REQUEST_COLUMNS = {
	known: Object.keys(ServiceRequestIn.shape),
	required: ['requestId'],
	unknown: 'drop'
} as const;

export const readRequestCsv = (body: Buffer): RawRecord[] =>
	readCsv(body, REQUEST_COLUMNS).map(({ line, values, dropped, fault }): RawRecord =>
		fault === null
			? {
					value: values,
					lines: [line],
					locate: (path) => (path === '' ? `line ${line}` : `line ${line}, column ${path}`),
					dropped
				}
			: { broken: `line ${line}: ${fault}` }
	);
