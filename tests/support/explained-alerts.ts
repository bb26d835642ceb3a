// Writes explained Alerts straight into the database, with the worker's own functions. Tests need not wait for
// explanations.
import { openDatabase } from '#lib/server/postgres/database.ts';
import { lockFeeds } from '#lib/server/feed/feed-entries.ts';
import { insertExplanations } from '#lib/server/feed/insert-explanations.ts';
import type { AlertBody, ExplanationRow } from '#lib/server/feed/feed.ts';
import { inTransaction } from '#lib/server/postgres/transaction.ts';
import { firstIdAt } from '#lib/server/postgres/record-id.ts';
import type { System } from './system.ts';

const START = Date.parse('2026-11-05T00:00:00.000Z');
const SUPPLIER = 1;

/** An Alert to write. All Alerts have the same code. */
export interface AlertSpec {
	/** The place of the Alert's id among all ids. */
	n: number;
	/** The number of the Device. */
	device: number;
	atSeconds: number;
	/** The User whose Service Request explains the Alert. `null`: the Alert is unexplained. */
	userId: string | null;
}

const now = Date.now();
const FIRST_ID = firstIdAt(now - (now % 86_400_000));
const euiOf = (device: number): string =>
	(0x1000 + device).toString(16).toUpperCase().padStart(16, '0').match(/../g)!.join('-');

/** Opens a connection of the worker that writes Alerts. */
export function explainedAlerts(system: System) {
	const { pool, close } = openDatabase(system.databaseUrl, 'causeway_worker', 3, { pipeline: true });

	const rowOf = ({ n, device, atSeconds, userId }: AlertSpec): ExplanationRow => {
		const body = {
			code: '8F3E',
			name: 'Something',
			category: 'security',
			deviceId: euiOf(device),
			hubId: null,
			area: null,
			explanation: userId ? 'likely' : 'unexplained',
			candidates: userId
				? [
						{
							userId,
							userRole: 'IS',
							userName: null,
							own: true,
							name: 'Update',
							serviceReferenceVariant: '11.3'
						}
					]
				: [],
			effectiveAt: new Date(START + atSeconds * 1000).toISOString(),
			occurrences: 1,
			throttled: false,
			priority: 3
		} as unknown as AlertBody;
		return {
			supplierId: SUPPLIER,
			alertId: FIRST_ID + BigInt(n),
			body,
			storedBody: body,
			dueAt: null,
			tableVersion: 'test',
			keys: []
		};
	};

	return {
		pool,
		close,
		rowOf,
		/** Inserts the first explanations of Alerts. */
		insert: (list: readonly AlertSpec[]): Promise<void> =>
			inTransaction(pool, async (client) => {
				await lockFeeds(client, [SUPPLIER]);
				await insertExplanations(client, list.map(rowOf));
			})
	};
}
