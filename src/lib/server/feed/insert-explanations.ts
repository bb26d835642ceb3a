// Writes first explanations into the feeds of their Suppliers. One statement writes a whole batch, so that the feed
// counters stay locked as briefly as possible.
import { doubtKeys } from '#lib/server/runs/run-doubts.ts';
import type pg from 'pg';
import { addMembers, joinEpisode } from './episode-figures.ts';
import { statement } from '#lib/server/postgres/statement.ts';
import { EPISODE_COLUMNS, explainOthersAgain, explanationInput, WRITTEN } from './explanation-rows.ts';
import { insertEntries, numberRows } from './feed-entries.ts';
import { hasStanding, isDeciding, recordStanding, STANDING_COLUMNS } from './standing-rows.ts';
import { NO_CHANGE, UNTOUCHED, type ExplanationRow, type FeedChange } from './feed.ts';
import { readWritten, type WrittenRow } from './written-rows.ts';

/**
 * Writes first explanations within the caller's transaction. Send this statement after `lockFeeds` and together with
 * the commit. The episodes of the rows must have been opened. The keys of a row that is not written come into doubt.
 *
 * A stored explanation stays: a Service Request came in between and had the Alert explained with newer evidence.
 * `newerEvidence`: these rows may have newer evidence than the stored explanations. In that case, the doorbell has the
 * Alerts of the stored explanations explained once more.
 */
export async function insertExplanations(
	client: pg.ClientBase,
	rows: readonly ExplanationRow[],
	{ newerEvidence = false } = {}
): Promise<FeedChange> {
	if (rows.length === 0) return NO_CHANGE;
	const { rows: written } = await client.query<InsertedRow>(
		hasStanding(rows)
			? INSERT_DECIDED({ ...DECIDED_INPUT.values(rows), newerEvidence })
			: INSERT({ ...INPUT.values(rows), newerEvidence })
	);
	return readWritten(rows, written, ({ episode_id, is_decided }, place) => ({
		version: 1,
		decision: (is_decided && rows[place - 1]!.standing?.decides?.decision) || null,
		withdrawn: null,
		episode_id,
		...UNTOUCHED
	}));
}

/** `is_decided`: whether the standing decision still decided when the Alert was written. */
type InsertedRow = WrittenRow & { episode_id: bigint | null; is_decided: boolean };

const INPUT = explanationInput(EPISODE_COLUMNS);
const DECIDED_INPUT = explanationInput({ ...EPISODE_COLUMNS, ...STANDING_COLUMNS });

/** Builds the statement. `decided`: standing decisions decide some of the Alerts. */
const insertSql = (input: string, decided: boolean): string => `
with input as (${input}
), fresh as (
	select i.*${decided ? `, ${isDeciding('i.standing')} as is_decided` : ''}, e.* from input i ${joinEpisode('i.episode_id')}
	where not exists (
		select from supplier_alert s where s.supplier_id = i.supplier_id and s.alert_id = i.alert_id offset 0
	)
), ${numberRows('fresh')}, explained as (
	insert into supplier_alert (${WRITTEN}, episode_id, episode_version${decided ? ', decision' : ''})
	select ${WRITTEN}, episode_id, episode_version${decided ? ', case when is_decided then decided::jsonb end' : ''} from numbered
), entered as (
	${insertEntries('numbered')}
), ${addMembers('select * from numbered where episode_id is not null')}, doubted as (
	${doubtKeys('(select * from input where place not in (select place from fresh)) ghost')}
)${decided ? `, deciding as (select *, 1 as before from numbered where is_decided), ${recordStanding('deciding')}` : ''}, others as (${explainOthersAgain('fresh', ':newerEvidence')}
)
select place::int as place, seq, episode_id, ${decided ? 'is_decided' : 'false as is_decided'}, null::bigint as doorbell from numbered
union all select null, null, null, null, id from others order by seq`;

const INSERT = statement('insert-explanations', insertSql(INPUT.sql, false));
const INSERT_DECIDED = statement('insert-decided-explanations', insertSql(DECIDED_INPUT.sql, true));
