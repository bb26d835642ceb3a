// Replaces stored explanations that have changed, with the feed counters locked. One statement handles a whole batch.
// The caller has already found the changed explanations, so that an unchanged explanation locks nothing.
import type pg from 'pg';
import { basisOf, contradictionOf } from '#lib/domain/contradiction.ts';
import { lowestAndHighest, ofThese } from '#lib/server/postgres/record-id.ts';
import { statement } from '#lib/server/postgres/statement.ts';
import { explainOthersAgain, explanationInput, replacedBy } from './explanation-rows.ts';
import { insertEntries, numberRows } from './feed-entries.ts';
import { NO_CHANGE, type ExplanationRow, type FeedChange, type StoredState } from './feed.ts';
import type { ChangedExplanation } from './stored-explanations.ts';
import { readWritten, type WrittenRow } from './written-rows.ts';

/**
 * Replaces stored explanations within the caller's transaction. Send this statement after `lockFeeds` and together with
 * the commit. An Alert stays as stored if a person decided it, or if it joined an episode, after it was read. The
 * doorbell has this Alert explained once more.
 */
export async function replaceExplanations(
	client: pg.ClientBase,
	changes: ReadonlyArray<ChangedExplanation & { stored: StoredState }>
): Promise<FeedChange> {
	if (changes.length === 0) return NO_CHANGE;
	const rows = changes.map(({ row, stored: { version, decision } }): Replacement => ({
		...row,
		version,
		contradicted: decision !== null && contradictionOf(decision, basisOf(row.body)) !== null
	}));
	const [lowest, highest] = lowestAndHighest(rows.map((row) => row.alertId));
	const { rows: written } = await client.query<WrittenRow>(
		REPLACE({ ...INPUT.values(rows), lowest, highest })
	);
	return readWritten(rows, written, (_, place) => {
		const { version, decision, episode_id } = changes[place - 1]!.stored;
		return { version: version + 1, decision, episode_id };
	});
}

interface Replacement extends ExplanationRow {
	/** The version of the Alert that the new explanation replaces. */
	version: number;
	/** Whether the new explanation contradicts the decision. */
	contradicted: boolean;
}

const INPUT = explanationInput<Replacement>({
	version: ['integer', (row) => row.version],
	contradicted: ['boolean', (row) => row.contradicted]
});

const REPLACE = statement(
	'replace-explanations',
	`
with input as (${INPUT.sql}
), unchanged as (
	select * from input i where exists (
		select from supplier_alert s
		where s.supplier_id = i.supplier_id and s.alert_id = i.alert_id and s.version = i.version offset 0
	)
), ${numberRows('unchanged')}, explained as (
	update supplier_alert s set ${replacedBy('n')} from numbered n
	where s.supplier_id = n.supplier_id and s.alert_id = n.alert_id
		and s.supplier_id = any(:supplier_id::smallint[]) and ${ofThese('s', ':alert_id', ':lowest', ':highest')}
), entered as (
	${insertEntries('numbered')}
), others as (${explainOthersAgain('unchanged')}
)
select place::int as place, seq, null::bigint as doorbell from numbered
union all select null, null, id from others order by seq nulls first`
);
