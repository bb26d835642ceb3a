// Writes the command lines that send the first records of an installation. They work in a POSIX shell as they are, with an
// API key in the variable KEY.
import type { FeedKind } from '#lib/domain/feed-state.ts';

export type FirstStep = FeedKind | 'completeness';

const DEVICE = '00-DB-12-34-56-78-90-A0';
const SENDER = '90-B3-D5-1F-30-02-00-01';

/**
 * Returns a curl line for each step, in the order in which to send them. `supplier`: the slug of the Supplier of the
 * Device; `null`: the line takes it from the variable SUPPLIER.
 */
export function firstLines(
	origin: string,
	supplier: string | null
): Array<{ step: FirstStep; line: string }> {
	const curl = (path: string, record: object): string =>
		`curl -sS -H "Authorization: Bearer $KEY" -H 'content-type: application/json' --data '${JSON.stringify(
			record
		)
			.replaceAll('"NOW"', `"'"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'"`)
			.replaceAll('"SUPPLIER"', `"'"$SUPPLIER"'"`)}' '${origin}/api/v1${path}'`;
	return [
		{
			step: 'device',
			line: curl('/devices', {
				deviceId: DEVICE,
				deviceType: 'ESME',
				tenures: [{ supplier: supplier ?? 'SUPPLIER', from: '2025-01-01T00:00:00.000Z', to: null }]
			})
		},
		{
			step: 'service-request',
			line: curl('/service-requests', {
				requestId: `${SENDER}:${DEVICE}:1008`,
				serviceReferenceVariant: '6.5',
				userRole: 'ED',
				requestedAt: 'NOW'
			})
		},
		{
			step: 'completeness',
			line: curl('/service-requests/completeness', { source: 'audit-trail', completeUntil: 'NOW' })
		},
		{ step: 'alert', line: curl('/alerts', { deviceId: DEVICE, code: '8F30', raisedAt: 'NOW' }) }
	];
}

/** Returns the line that makes the key. `supplier`: the slug of the reader's Supplier; `null`: the reader has none. */
export const keyLine = (supplier: string | null): string =>
	`npm run causeway -- apikey create --supplier ${supplier ?? "'*'"} --scopes ingest`;
