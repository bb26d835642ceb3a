// Changes Alerts of the desk for a person: those that the person names, or the undecided members of an episode. Publishes
// them after the commit. Shelving and assignments both go this way.
import type pg from 'pg';
import type { Alert } from '#lib/domain/alert.ts';
import type { AnswerChannel } from '#lib/domain/on-call/page.ts';
import type { AlertVersion, Changed } from '#lib/server/decisions/exact-change.ts';
import { publishChanged, type PublishDeps } from '#lib/server/decisions/publish-changed.ts';
import { membersToDecide } from '#lib/server/episodes/episodes.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';

/** Who acts, and by which way. */
export interface Actor {
	by: { id: string; name: string };
	channel: AnswerChannel;
}

/** The result of a change of several Alerts. */
export interface DeskOutcome extends Pick<Changed, 'conflicts' | 'refused'> {
	done: Alert[];
}

export type DeskDeps = PublishDeps & { pool: pg.Pool };

/** Writes a change of these Alerts within the caller's transaction. */
type Write = (client: pg.ClientBase, items: readonly AlertVersion[]) => Promise<Changed>;

/** Changes each of these Alerts that still has the version that the person saw. */
export async function changeAlerts(
	deps: DeskDeps,
	supplierId: number,
	items: readonly AlertVersion[],
	write: Write
): Promise<DeskOutcome> {
	const changed = await asSupplier(deps.pool, supplierId, (client) => write(client, items));
	return published(deps, supplierId, changed);
}

/** Changes the undecided members of an episode that the person saw; `null`: there is no such episode. */
export async function changeMembers(
	deps: DeskDeps,
	supplierId: number,
	{ episode, version }: { episode: string; version: number },
	write: Write
): Promise<DeskOutcome | null> {
	const changed = await asSupplier(deps.pool, supplierId, async (client) => {
		const members = await membersToDecide(client, supplierId, { episode, version, reopen: false });
		return members && write(client, members.waiting);
	});
	return changed && published(deps, supplierId, changed);
}

const published = async (deps: DeskDeps, supplierId: number, changed: Changed): Promise<DeskOutcome> => ({
	done: await publishChanged(deps, supplierId, changed),
	conflicts: changed.conflicts,
	refused: changed.refused
});
