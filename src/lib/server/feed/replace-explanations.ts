// Replaces stored explanations that have changed, with the feed counters locked. One statement handles a whole batch.
// The caller has already found the changed explanations, so that an unchanged explanation locks nothing.
import { addMembers, joinEpisode } from './episode-figures.ts';
import { doubtKeys } from '#lib/server/runs/run-doubts.ts';
import type pg from 'pg';
import { basisOf, contradictionOf } from '#lib/domain/contradiction.ts';
import { lowestAndHighest, ofThese } from '#lib/server/postgres/record-id.ts';
import { statement, type Column } from '#lib/server/postgres/statement.ts';
import {
	EPISODE_COLUMNS,
	explainOthersAgain,
	explanationInput,
	replacedBy,
	WRITTEN
} from './explanation-rows.ts';
import { insertEntries, numberRows } from './feed-entries.ts';
import { hasStanding, isDeciding, recordStanding, STANDING_COLUMNS, stateAfter } from './standing-rows.ts';
import { NO_CHANGE, type ExplanationRow, type FeedChange, type StoredState } from './feed.ts';
import type { ChangedExplanation } from './stored-explanations.ts';
import { KEEP_SHELF, noteReturned, returnsByEvidence, shelfAfter } from './shelf-rows.ts';
import { readWritten, type WrittenRow } from './written-rows.ts';

/**
 * Replaces stored explanations within the caller's transaction. Send this statement after `lockFeeds` and together with
 * the commit. An Alert stays as stored if a person decided it, if it joined an episode, or if its standing decision ended,
 * after it was read. The doorbell has this Alert explained once more.
 */
export async function replaceExplanations(
	client: pg.ClientBase,
	changes: ReadonlyArray<ChangedExplanation & { stored: StoredState }>
): Promise<FeedChange> {
	if (changes.length === 0) return NO_CHANGE;
	const rows = changes.map(({ row, stored }): Replacement => {
		const { decision, withdrawn } = stateAfter(stored, row.standing);
		const contradicted = decision
			? contradictionOf(decision, basisOf(row.body)) !== null
			: withdrawn !== null;
		return { ...row, version: stored.version, contradicted, returns: returnsByEvidence(stored, row) };
	});
	const [lowest, highest] = lowestAndHighest(rows.map((row) => row.alertId));
	const { rows: written } = await client.query<WrittenRow & Pick<StoredState, 'episode_id'>>(
		hasStanding(rows)
			? REPLACE_DECIDED({ ...DECIDED_INPUT.values(rows), lowest, highest })
			: REPLACE({ ...INPUT.values(rows), lowest, highest })
	);
	return readWritten(rows, written, ({ episode_id }, place) => {
		const { row, stored } = changes[place - 1]!;
		const version = stored.version + 1;
		return {
			...stored,
			version,
			episode_id,
			...stateAfter(stored, row.standing),
			...shelfAfter(stored, row)
		};
	});
}

interface Replacement extends ExplanationRow {
	/** The version of the Alert that the new explanation replaces. */
	version: number;
	/** Whether the new explanation contradicts the decision, or took back the decision of a standing decision. */
	contradicted: boolean;
	/** Whether the Alert returns from the shelf, because new evidence changes what the person saw. */
	returns: boolean;
}

/** SQL: a number greater than each key. */
const AFTER_ALL_KEYS = '9223372036854775807';

const COLUMNS = {
	version: ['integer', (row) => row.version],
	contradicted: ['boolean', (row) => row.contradicted],
	returns: ['boolean', (row) => row.returns],
	...EPISODE_COLUMNS
} satisfies Record<string, Column<Replacement>>;

const INPUT = explanationInput<Replacement>(COLUMNS);
const DECIDED_INPUT = explanationInput<Replacement>({ ...COLUMNS, ...STANDING_COLUMNS });

/** SQL: the decision and the withdrawn decision after the change in row `n`. */
const STANDING_CHANGE = `, decision = case when n.standing is not null then n.decided::jsonb when n.withdraws is null then s.decision end,
	withdrawn = case when n.standing is not null then null else coalesce(n.withdraws, s.withdrawn) end`;

/** SQL: the Alerts that join an episode, from `placed`. */
const JOINED = `select ${WRITTEN}, new_episode as episode_id, has_one_device, is_empty
	from placed where new_episode is distinct from old_episode and new_episode is not null`;

/** Builds the statement. `decided`: standing decisions decide some of the Alerts, or take back their decisions. */
const replaceSql = (input: string, decided: boolean): string => `
with input as (${input}
), unchanged as (
	select * from input i where exists (
		select from supplier_alert s
		where s.supplier_id = i.supplier_id and s.alert_id = i.alert_id and s.version = i.version offset 0
	)${decided ? ` and (i.standing is null or ${isDeciding('i.standing')})` : ''}
), ${numberRows('unchanged')}, compared as (
	select n.*, s.old_keys, s.old_episode, e.key as old_key,
		s.old_priority <> n.priority or s.old_occurrences <> n.occurrences as counts_anew,
		case when e.key = any(n.doubts::bigint[]) and e.key < coalesce(n.episode_key, ${AFTER_ALL_KEYS}) then s.old_episode
			else n.episode_id end as new_episode
	from numbered n
	cross join lateral (
		select keys as old_keys, episode_id as old_episode, priority as old_priority, occurrences as old_occurrences
		from supplier_alert where supplier_id = n.supplier_id and alert_id = n.alert_id limit 1
	) s
	left join lateral (select key from episode where id = s.old_episode limit 1) e on true
), placed as (
	select c.*, e.* from compared c ${joinEpisode('c.new_episode')}
), explained as (
	update supplier_alert s set ${replacedBy('n')}, episode_id = n.new_episode,
		episode_version = case when n.new_episode is not distinct from s.episode_id then s.episode_version else n.episode_version end,
		${KEEP_SHELF}${decided ? STANDING_CHANGE : ''} from placed n
	where s.supplier_id = n.supplier_id and s.alert_id = n.alert_id
		and s.supplier_id = any(:supplier_id::smallint[]) and ${ofThese('s', ':alert_id', ':lowest', ':highest')}
), changed_keys as (
	select supplier_id, effective_at, array(select unnest(old_keys) except select unnest(keys)
		union select old_key where old_key is not null and (counts_anew or new_episode is distinct from old_episode)) as keys
	from placed
	union all
	select supplier_id, effective_at, keys from input where place not in (select place from unchanged)
), entered as (
	${insertEntries('numbered')}
), ${addMembers(JOINED)}, doubted as (
	${doubtKeys('changed_keys')}
), noted as (
	${noteReturned('numbered')}
)${decided ? `, deciding as (select *, version as before from numbered), ${recordStanding('deciding')}` : ''}, others as (${explainOthersAgain('unchanged')}
)
select place::int as place, seq, new_episode as episode_id, null::bigint as doorbell from placed
union all select null, null, null, id from others order by seq nulls first`;

const REPLACE = statement('replace-explanations', replaceSql(INPUT.sql, false));
const REPLACE_DECIDED = statement('replace-decided-explanations', replaceSql(DECIDED_INPUT.sql, true));
