// Brings a database to the newest schema, and gives the rows of an older Causeway what the newest schema asks of them.
import { backfillKeys } from '#lib/server/run-check/backfill-keys.ts';
import { migrate } from '#lib/server/postgres/migrate.ts';
import { inSession } from '#lib/server/postgres/session.ts';

/**
 * Applies the missing migrations, and then fills the keys of Alerts of an older Causeway. Returns the names of the applied
 * files. An interrupted call goes on where it stopped when it is repeated. `say` gets lines about the progress. Errors: as
 * of `migrate`.
 */
export async function migrateDatabase(
	databaseUrl: string,
	say: (line: string) => void = () => {}
): Promise<string[]> {
	const applied = await migrate(databaseUrl);
	let saidAt = -Infinity;
	await inSession(databaseUrl, (client) =>
		backfillKeys(client, (done, total) => {
			if (done < total && performance.now() < saidAt + SAY_EVERY_MS) return;
			saidAt = performance.now();
			say(`updated ${done.toLocaleString('en-GB')} of ${total.toLocaleString('en-GB')} Alerts for episodes`);
		})
	);
	return applied;
}

const SAY_EVERY_MS = 1000;
