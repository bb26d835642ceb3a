// Keeps the table of Alerts that no Supplier sees, in the transaction that explains the Alerts. Such an Alert has no
// addressee that is known here, and its Device is in no inventory, or in no tenure at that time.
import type pg from 'pg';
import type { StoredAlert } from '#lib/server/evidence/alert-context.ts';
import { euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { columns, statement } from '#lib/server/postgres/statement.ts';

/** Adds the Alerts that no Supplier sees, and removes the others. `seen`: the ids of the Alerts that a Supplier sees. */
export async function keepUnseen(
	client: pg.ClientBase,
	alerts: readonly StoredAlert[],
	seen: ReadonlySet<bigint>
): Promise<void> {
	const unseen = alerts.filter((alert) => !seen.has(alert.id));
	await Promise.all([
		unseen.length > 0 && client.query(INSERT(UNSEEN.values(unseen))),
		seen.size > 0 && client.query(DELETE({ alertIds: [...seen] }))
	]);
}

const UNSEEN = columns<StoredAlert>({
	device_id: ['bytea', (alert) => euiToBytes(alert.deviceId)],
	code: ['text', (alert) => alert.code],
	effective_at: ['timestamptz', (alert) => new Date(alert.effectiveAt)],
	alert_id: ['bigint', (alert) => alert.id]
});

const INSERT = statement(
	'insert-unseen',
	`
insert into unseen_alert (${UNSEEN.names}) select ${UNSEEN.names} from ${UNSEEN.from} order by 1, 2, 3, 4
on conflict do nothing`
);

const DELETE = statement(
	'delete-unseen',
	'delete from unseen_alert where alert_id = any(:alertIds::bigint[])'
);
