// Changes Alerts exactly: an Alert changes only if it has said nothing new since the version that the person saw.
// Decisions, shelving and assignments all go this way, each within the caller's transaction.
import type pg from 'pg';
import type { Decision } from '#lib/domain/decision.ts';
import { lockFeeds, takeNumbers } from '#lib/server/feed/feed-entries.ts';
import { bodyColumns, readBody, type BodyColumns, type WholeBody } from '#lib/server/feed/body-reader.ts';
import type { AlertBody, StoredBody } from '#lib/server/feed/stored-body.ts';
import { query } from '#lib/server/postgres/statement.ts';

/** An Alert, and the version that the person saw. */
export interface AlertVersion {
	id: string;
	version: number;
}

/**
 * An Alert that another person or new evidence changed first. `version`: the current version of the Alert; `null`: this
 * Supplier has no such Alert.
 */
export interface Conflict {
	id: string;
	version: number | null;
}

/** An Alert for which the change is not allowed. `why`: a sentence for people. */
export interface Refused {
	id: string;
	version: number;
	why: string;
}

/** What a change did. `from` and `to`: the first and the last feed number of the changed Alerts. */
export interface Changed {
	done: string[];
	conflicts: Conflict[];
	refused: Refused[];
	from: number;
	to: number;
}

/** An Alert as stored before the change. */
export interface StoredAlert {
	alert_id: bigint;
	version: number;
	/** The version in which the Alert last said something new. Later versions changed only its episode or its comments. */
	said_version: number;
	body: AlertBody;
	decision: Decision | null;
	/** Whether new evidence contradicts the decision. */
	contradicted: boolean;
	/** When the Alert returns from the shelf; `null`: it is not shelved. */
	shelved_until: Date | null;
}

/** A stored Alert with the feed number that its change gets. */
export interface NumberedAlert extends StoredAlert {
	id: string;
	seq: number;
}

/** `refusal`: returns why the change is not allowed; `null`: it is. `write`: writes the Alerts and their feed entries. */
interface Change {
	refusal?: (alert: StoredAlert) => string | null;
	write(alerts: readonly NumberedAlert[]): Promise<void>;
}

/** Changes the Alerts whose version still counts. The feed of the Supplier stays locked until the transaction ends. */
export async function changeExactly(
	client: pg.ClientBase,
	supplierId: number,
	items: readonly AlertVersion[],
	{ refusal = () => null, write }: Change
): Promise<Changed> {
	await lockFeeds(client, [supplierId]); // before any row is read, as the workers do
	const { rows } = await client.query<StoredRow>(STORED({ supplierId, ids: items.map(({ id }) => id) }));
	const stored = new Map(
		rows.map(({ body, columns, ...row }): [string, StoredAlert] => [
			row.alert_id.toString(),
			{ ...row, body: readBody(body, columns) }
		])
	);
	const changed: Changed = { done: [], conflicts: [], refused: [], from: 0, to: 0 };
	const alerts: StoredAlert[] = [];
	for (const { id, version } of items) {
		const alert = stored.get(id);
		// The person may have seen an older version if the Alert has said nothing new since.
		if (!alert || version < alert.said_version || version > alert.version) {
			changed.conflicts.push({ id, version: alert?.version ?? null });
			continue;
		}
		const why = refusal(alert);
		if (why) changed.refused.push({ id, version: alert.version, why });
		else alerts.push(alert);
	}
	if (alerts.length === 0) return changed;
	const { from, to } = await takeNumbers(client, supplierId, alerts.length);
	const numbered = alerts.map((alert, i) => ({ ...alert, id: alert.alert_id.toString(), seq: from + i }));
	await write(numbered);
	return { ...changed, done: numbered.map(({ id }) => id), from, to };
}

type StoredRow = Omit<StoredAlert, 'body'> & { body: StoredBody | WholeBody; columns: BodyColumns };

const STORED = query(`
select alert_id, version, said_version, body, ${bodyColumns('supplier_alert')} as columns, decision, contradicted,
	shelved_until
from supplier_alert
where supplier_id = :supplierId and alert_id = any(:ids::bigint[])`);
