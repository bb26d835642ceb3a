// Brings a database to the newest schema, and gives the rows of an older Causeway what the newest schema asks of them.
import { backfillKeys } from '#lib/server/run-check/backfill-keys.ts';
import { migrate } from '#lib/server/postgres/migrate.ts';
import { inSession } from '#lib/server/postgres/session.ts';

/**
 * Applies the missing migrations, and then fills the keys of Alerts of an older Causeway. Returns the names of the applied
 * files. An interrupted call goes on where it stopped when it is repeated. `say` gets lines about the progress. When
 * `signal` is aborted, the filling ends after its batch. Errors: as of `migrate`.
 */
export async function migrateDatabase(
	databaseUrl: string,
	say: (line: string) => void = () => {},
	signal?: AbortSignal
): Promise<string[]> {
	const applied = await migrate(databaseUrl, say);
	const beganAt = performance.now();
	let doneBefore: number | undefined;
	let saidAt = -Infinity;
	let reached = '';
	try {
		await inSession(databaseUrl, (client) =>
			backfillKeys(client, ({ done, total, filled }) => {
				signal?.throwIfAborted();
				doneBefore ??= done - filled;
				const now = performance.now();
				reached = `${grouped(done)} of ${grouped(total)} Alerts`;
				if (done < total && now < saidAt + SAY_EVERY_MS) return;
				saidAt = now;
				say(`updated ${reached} for episodes ${paceOf({ done, total, doneBefore, ms: now - beganAt })}`);
			})
		);
	} catch (error) {
		if (signal?.aborted || !(error instanceof Error)) throw error;
		const until = reached ? ` after ${reached}` : '';
		throw new Error(
			`the update of Alerts for episodes stopped${until}: ${error.message}. Mend the cause, and start again: the update goes on where it stopped`,
			{ cause: error }
		);
	}
	return applied;
}

const SAY_EVERY_MS = 5000;

interface Pace {
	/** The Alerts that are up to date, and all Alerts. */
	done: number;
	total: number;
	/** The Alerts that were up to date when this call began. Another process may update Alerts beside it. */
	doneBefore: number;
	/** The time since this call began (ms). */
	ms: number;
}

/** Says which share is done, how fast, and how long the rest takes. */
export function paceOf({ done, total, doneBefore, ms }: Pace): string {
	const perSecond = ((done - doneBefore) / Math.max(ms, 1)) * 1000;
	const share = `${Math.floor((done / total) * 100)} %, ${grouped(Math.round(perSecond))} a second`;
	return done < total ? `(${share}, ${lengthOf((total - done) / perSecond)} left)` : `(${share})`;
}

function lengthOf(seconds: number): string {
	if (seconds < 60) return `${Math.ceil(seconds)} s`;
	const minutes = Math.ceil(seconds / 60);
	return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const grouped = (count: number): string => count.toLocaleString('en-GB');
