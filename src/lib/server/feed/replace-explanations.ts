// Replaces stored explanations that have changed, with the feed counters locked. One statement handles a whole batch.
// The caller has already found the changed explanations, so that an unchanged explanation locks nothing.
import type pg from 'pg';
import { basisOf, contradictionOf } from '#lib/domain/contradiction.ts';
import { lowestAndHighest, ofThese } from '#lib/server/postgres/record-id.ts';
import { statement, type Column } from '#lib/server/postgres/statement.ts';
import { explainOthersAgain, explanationInput, replacedBy } from './explanation-rows.ts';
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
	const { rows: written } = await client.query<WrittenRow>(
		hasStanding(rows)
			? REPLACE_DECIDED({ ...DECIDED_INPUT.values(rows), lowest, highest })
			: REPLACE({ ...INPUT.values(rows), lowest, highest })
	);
	return readWritten(rows, written, (_, place) => {
		const { row, stored } = changes[place - 1]!;
		const version = stored.version + 1;
		return { ...stored, version, ...stateAfter(stored, row.standing), ...shelfAfter(stored, row) };
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

const COLUMNS = {
	version: ['integer', (row) => row.version],
	contradicted: ['boolean', (row) => row.contradicted],
	returns: ['boolean', (row) => row.returns]
} satisfies Record<string, Column<Replacement>>;

const INPUT = explanationInput<Replacement>(COLUMNS);
const DECIDED_INPUT = explanationInput<Replacement>({ ...COLUMNS, ...STANDING_COLUMNS });

/** SQL: the decision and the withdrawn decision after the change in row `n`. */
const STANDING_CHANGE = `, decision = case when n.standing is not null then n.decided::jsonb when n.withdraws is null then s.decision end,
	withdrawn = case when n.standing is not null then null else coalesce(n.withdraws, s.withdrawn) end`;

/** Builds the statement. `decided`: standing decisions decide some of the Alerts, or take back their decisions. */
const replaceSql = (input: string, decided: boolean): string => `
with input as (${input}
), unchanged as (
	select * from input i where exists (
		select from supplier_alert s
		where s.supplier_id = i.supplier_id and s.alert_id = i.alert_id and s.version = i.version offset 0
	)${decided ? ` and (i.standing is null or ${isDeciding('i.standing')})` : ''}
), ${numberRows('unchanged')}, explained as (
	update supplier_alert s set ${replacedBy('n')}, ${KEEP_SHELF}${decided ? STANDING_CHANGE : ''} from numbered n
	where s.supplier_id = n.supplier_id and s.alert_id = n.alert_id
		and s.supplier_id = any(:supplier_id::smallint[]) and ${ofThese('s', ':alert_id', ':lowest', ':highest')}
), entered as (
	${insertEntries('numbered')}
), noted as (
	${noteReturned('numbered')}
)${decided ? `, deciding as (select *, version as before from numbered), ${recordStanding('deciding')}` : ''}, others as (${explainOthersAgain('unchanged')}
)
select place::int as place, seq, null::bigint as doorbell from numbered
union all select null, null, id from others order by seq nulls first`;

const REPLACE = statement('replace-explanations', replaceSql(INPUT.sql, false));
const REPLACE_DECIDED = statement('replace-decided-explanations', replaceSql(DECIDED_INPUT.sql, true));
