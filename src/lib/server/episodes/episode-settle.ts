// Decides which episode each run is, and so which episode each Alert is in. A pass goes through the kinds of key in
// their order (src/lib/domain/episode.ts). An Alert that finds its episode by one kind leaves the runs of the later
// kinds. An Alert that loses its episode joins the runs of the next kind.
import type pg from 'pg';
import { KEY_NAMES, ruleOf, type Run } from '#lib/domain/episode.ts';
import { largeOf } from './episode-difference.ts';
import { addKeys, dropKeys, findHolders, findKeys, placeMembers, type Held } from './episode-keys.ts';
import { createPlaces, type Places } from './episode-places.ts';
import { isNear, runsAround, type Around, type Grown } from './episode-runs.ts';
import { openEpisodes, type Opening } from './episode-store.ts';
import type { News } from './episode-turn.ts';

/** The result of a pass of grouping. */
export interface Settled {
	/** The Alerts whose episode under one of their keys has changed. */
	moved: bigint[];
	/** The episodes that the members of the affected runs were in before the pass. */
	episodes: Set<bigint>;
	grown: Grown[];
	/** The episodes that the Alerts read by this pass were in before. */
	seen: Set<bigint>;
	/** The Alerts that joined a large episode with their first explanation, each with the id of that episode. */
	joined: Map<bigint, bigint>;
}

/** Groups these Alerts by their current explanations. `large`: the least number of members of a large episode. */
export async function settleAlerts(
	client: pg.ClientBase,
	supplierId: number,
	{ ids, joined, untouched }: News,
	large: number
): Promise<Settled> {
	const [{ holders, seen }, held] = await Promise.all([
		findHolders(
			client,
			supplierId,
			ids.filter((id) => !untouched.has(id))
		),
		findKeys(client, supplierId, ids)
	]);
	const unknown = ids.filter((id) => untouched.has(id) && !held.has(id));
	if (unknown.length > 0)
		for (const [id, holder] of (await findHolders(client, supplierId, unknown)).holders)
			holders.set(id, holder);
	const places = createPlaces(holders);
	const counts = new Map<bigint, bigint>();
	for (const id of ids) {
		const keys = holders.get(id)?.keys;
		const standing = held.get(id) ?? [];
		const last = standing.at(-1);
		if (joined.has(id) && last?.episodeId) counts.set(id, last.episodeId);
		// An Alert that joined a large episode with its first explanation has runs that no pass has looked at. So all
		// its keys are touched. For another unchanged Alert in an episode, only the run of its last key matters.
		if (joined.has(id) && last && (untouched.has(id) || (keys && isStill(standing, keys))))
			standing.forEach(places.touch);
		else if (last?.episodeId && keys && isStill(standing, keys)) places.touch(last);
		else if (!keys || !isStill(standing, keys)) {
			standing.forEach(places.leave);
			if (keys) places.come(id, 0);
		}
	}
	return { ...(await settle(client, supplierId, places, large)), seen, joined: counts };
}

/** Groups Alerts by their later keys, after they have gained or lost their episode by one key. */
export async function settleBelow(
	client: pg.ClientBase,
	supplierId: number,
	turned: Turned,
	large: number
): Promise<Settled> {
	const places = createPlaces(new Map());
	await turn(client, supplierId, places, turned);
	return { ...(await settle(client, supplierId, places, large)), seen: new Set(), joined: new Map() };
}

/**
 * Alerts, each with a key. `taken`: Alerts that have gained an episode by this key. `fallen`: Alerts that have lost
 * their episode by this key, or that have the key newly without an episode.
 */
export interface Turned {
	taken: Map<bigint, string>;
	fallen: Map<bigint, string>;
}

/**
 * Returns whether the stored keys are still right. Each stored key must equal the Alert's current key of the same rank.
 * The stored keys must end with a key that has an episode, or include all keys of the Alert.
 */
const isStill = (standing: readonly Held[], keys: readonly string[]): boolean =>
	standing.length > 0 &&
	standing.every(({ rank, key }, i) => rank === i && key === keys[i]) &&
	(standing.at(-1)!.episodeId !== null || standing.length === keys.length);

async function settle(
	client: pg.ClientBase,
	supplierId: number,
	places: Places,
	large: number
): Promise<Omit<Settled, 'seen' | 'joined'>> {
	const episodes = new Set<bigint>();
	const grown: Grown[] = [];
	for (const name of KEY_NAMES) {
		const changes = places.changesOf(name);
		if (changes.size === 0) continue;
		const found = await runsAround(client, supplierId, changes, places.hasLeft);
		const turned: Turned = { taken: new Map(), fallen: new Map() };
		const openings: Array<Opening & { members: Array<Pick<Held, 'alertId'>> }> = [];
		const elsewhere = await largeElsewhere(client, supplierId, [...found.values()]);
		for (const [key, around] of found) {
			for (const given of giveEpisodes(around, elsewhere)) {
				// A run that is not near a change stays as it was.
				if (!isNear(given.run, changes.get(key)!, ruleOf(key))) continue;
				for (const one of given.known) episodes.add(one);
				const opening = place(given, key, around, places, turned);
				if (opening) openings.push(opening);
				grown.push(...largeIn(given, large));
			}
		}
		if (openings.length > 0) {
			const ids = await openEpisodes(client, supplierId, openings);
			for (const [i, { key, from, to, members }] of openings.entries()) {
				for (const { alertId } of members) places.place(alertId, key, ids[i]!);
				if (members.length >= large) grown.push({ episodeId: ids[i]!, from, to });
			}
		}
		await turn(client, supplierId, places, turned);
	}
	await dropKeys(client, supplierId, places.gone());
	const { come, placed } = places.written();
	await Promise.all([addKeys(client, supplierId, come), placeMembers(client, supplierId, placed)]);
	return { moved: places.moved(), episodes, grown };
}

/**
 * Places the members of a run in the episode of the run. Returns the opening of a new episode if the run needs one;
 * `null`: the run needs no new episode.
 */
function place(
	{ run, id }: Given,
	key: string,
	{ before }: Around,
	places: Places,
	turned: Turned
): (Opening & { members: Run['members'] }) | null {
	const opens = run.counts && id === null;
	for (const { alertId } of run.members) {
		const was = before.get(alertId) ?? null;
		const isNew = places.isNew(alertId, key);
		if (was !== id) places.place(alertId, key, id);
		if (opens || id !== null) {
			if (was === null && !isNew) turned.taken.set(alertId, key);
		} else if (isNew || was !== null) turned.fallen.set(alertId, key);
	}
	const { from, to, members } = run;
	return opens ? { key, kind: ruleOf(key).kind, from, to, members } : null;
}

function largeIn({ run: { from, to, members, extents }, id }: Given, large: number): Grown[] {
	if (id === null || (extents.length === 0 && members.length < large)) return [];
	// Two large episodes that have come together are merged when they are read in full. Until then, both stay large.
	return [{ episodeId: id, from, to }, ...extents.filter((extent) => extent.episodeId !== id)];
}

/**
 * Takes Alerts that have gained an episode out of the runs of their later keys. Gives Alerts that have lost their
 * episode their next key.
 */
async function turn(
	client: pg.ClientBase,
	supplierId: number,
	places: Places,
	{ taken, fallen }: Turned
): Promise<void> {
	if (taken.size > 0)
		for (const [id, held] of await findKeys(client, supplierId, [...taken.keys()])) {
			const rank = held.find((one) => one.key === taken.get(id))?.rank ?? Infinity;
			held.filter((one) => one.rank > rank).forEach(places.leave);
		}
	const unknown = [...fallen.keys()].filter((id) => !places.knows(id));
	if (unknown.length > 0) places.know((await findHolders(client, supplierId, unknown)).holders);
	for (const [id, key] of fallen) places.fall(id, key);
}

interface Given {
	run: Run;
	/** The episode that the run continues; `null`: the run has no episode yet, or too few members. */
	id: bigint | null;
	known: bigint[];
}

const knownOf = ({ before }: Around, run: Run): bigint[] =>
	run.members.map((m) => before.get(m.alertId)).filter((id) => id != null);

/**
 * Returns the large episodes of Alerts that are in runs without a large episode. These episodes lie elsewhere in time.
 */
async function largeElsewhere(
	client: pg.ClientBase,
	supplierId: number,
	found: readonly Around[]
): Promise<ReadonlySet<bigint>> {
	const ids = found.flatMap((around) =>
		around.runs.flatMap((run) => (run.extents.length > 0 ? [] : knownOf(around, run)))
	);
	return new Set((await largeOf(client, supplierId, ids, [])).keys());
}

function giveEpisodes(around: Around, elsewhere: ReadonlySet<bigint>): Given[] {
	const { runs } = around;
	const taken = new Set(runs.flatMap((run) => run.extents.map((extent) => extent.episodeId)));
	return runs.map((run) => {
		const large = run.extents.map((extent) => extent.episodeId);
		const known = knownOf(around, run);
		// A run that comes together with a large episode joins it, because fewer Alerts move that way. If a run was
		// split because an Alert in its middle has left, the earlier of the two runs keeps the episode.
		const own = large.length > 0 ? large : known.filter((id) => !taken.has(id) && !elsewhere.has(id));
		const id = run.counts && own.length > 0 ? own.reduce((a, b) => (a < b ? a : b)) : null;
		if (id !== null) taken.add(id);
		return { run, id, known };
	});
}
