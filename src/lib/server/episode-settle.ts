// Which run has which episode: finds the runs around what changed, gives each its episode, and the others lose theirs.
import type pg from 'pg';
import { ruleOf, type Run } from '#lib/domain/episode.ts';
import { addKeys, type Keys } from './episode-keys.ts';
import { isNear, runsAround, type Around, type Span } from './episode-runs.ts';
import { openEpisodes, placeMembers, type Opening, type Place } from './episode-store.ts';

/** A large episode that the pass has touched, and where it lies now. */
export interface Grown extends Span {
	episodeId: bigint;
}

export interface Settled {
	/** The Alerts that stand in another episode under one of their keys, or in none. */
	moved: bigint[];
	/** The episodes of the runs that something has come near. */
	episodes: Set<bigint>;
	grown: Grown[];
}

/** Writes the new keys with their places, and the places of those that move. `large`: so many members are too many to be read in each pass. */
export async function settleKeys(
	client: pg.ClientBase,
	supplierId: number,
	{ come, changes }: Pick<Keys, 'come' | 'changes'>,
	large: number
): Promise<Settled> {
	const episodes = new Set<bigint>();
	const places: Place[] = [];
	const openings: Array<Opening & { members: Place[] }> = [];
	const grown: Grown[] = [];
	for (const [key, around] of await runsAround(client, supplierId, changes)) {
		const rule = ruleOf(key);
		for (const { run, id, known } of giveEpisodes(around)) {
			// A run that nothing has come near is as it was.
			if (!isNear(run, changes.get(key)!, rule)) continue;
			for (const one of known) episodes.add(one);
			const opens = run.counts && id === null;
			const moved = run.members
				.filter((m) => opens || around.before.get(m.alertId) !== id)
				.map((m): Place => ({ key, alertId: m.alertId, episodeId: id }));
			places.push(...moved);
			const { from, to } = run;
			if (opens) openings.push({ key, kind: rule.kind, from, to, members: moved });
			else if (run.extents.length > 0 || (id !== null && run.members.length >= large)) {
				grown.push({ episodeId: id!, from, to });
				// Two large ones that have come together are made one when their members are read.
				grown.push(...run.extents.filter((extent) => extent.episodeId !== id));
			}
		}
	}
	if (openings.length > 0) {
		const ids = await openEpisodes(client, supplierId, openings);
		for (const [i, { from, to, members }] of openings.entries()) {
			for (const place of members) place.episodeId = ids[i]!;
			if (members.length >= large) grown.push({ episodeId: ids[i]!, from, to });
		}
	}
	const byMember = new Map(places.map((place) => [spell(place.alertId, place.key), place]));
	const isNew = new Set(come.map((key) => spell(key.alert_id, key.key)));
	await Promise.all([
		addKeys(
			client,
			supplierId,
			come,
			({ alert_id, key }) => byMember.get(spell(alert_id, key))?.episodeId ?? null
		),
		placeMembers(
			client,
			supplierId,
			places.filter(({ alertId, key }) => !isNew.has(spell(alertId, key)))
		)
	]);
	return { moved: places.map((place) => place.alertId), episodes, grown };
}

const spell = (alertId: bigint, key: string): string => `${alertId} ${key}`;

interface Given {
	run: Run;
	/** The episode that the run goes on as; `null`: none yet, or too few members. */
	id: bigint | null;
	known: bigint[];
}

function giveEpisodes({ runs, before }: Around): Given[] {
	const taken = new Set(runs.flatMap((run) => run.extents.map((extent) => extent.episodeId)));
	return runs.map((run) => {
		const large = run.extents.map((extent) => extent.episodeId);
		const known = run.members.map((m) => before.get(m.alertId)).filter((id) => id != null);
		// What comes together with a large one joins it: the fewer move. Of two runs that an Alert in between has left, the
		// older one keeps the episode.
		const own = large.length > 0 ? large : known.filter((id) => !taken.has(id));
		const id = run.counts && own.length > 0 ? own.reduce((a, b) => (a < b ? a : b)) : null;
		if (id !== null) taken.add(id);
		return { run, id, known };
	});
}
