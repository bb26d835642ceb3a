// Writes an entry of the history of an Alert as a sentence.
import type { HistoryEntry } from '#lib/domain/desk/history.ts';
import { reasonName, verdictName } from '#lib/ui/alert-words.ts';
import { instant } from '#lib/ui/wording.ts';
import * as common from '#messages/common.ts';
import * as messages from '#messages/drawer.ts';

const RETURNS: Record<NonNullable<HistoryEntry['why']>, (v: { who: string }) => string> = {
	time: messages.shelf_time_ended,
	evidence: messages.shelf_new_evidence,
	person: messages.did_unshelve,
	decision: messages.did_unshelve_by_decision
};

/** Writes who did what. */
export function historyText(entry: HistoryEntry): string {
	const who = entry.by ?? common.product();
	switch (entry.kind) {
		case 'decided':
			return entry.verdict && entry.reason !== null
				? messages.did_decide_reason({
						who,
						verdict: verdictName(entry.verdict).toLowerCase(),
						reason: reasonName({ reason: entry.reason })
					})
				: messages.did_decide({ who });
		case 'reopened':
			return messages.did_reopen({ who });
		case 'shelved':
			return entry.until
				? messages.did_shelve_until({ who, instant: instant(entry.until) })
				: messages.did_shelve({ who });
		case 'returned':
			return RETURNS[entry.why ?? 'person']({ who });
		case 'assigned':
			if (!entry.assignee) return messages.did_assign({ who });
			return entry.assignee.name === entry.by
				? messages.did_take({ who })
				: messages.did_assign_to({ who, person: entry.assignee.name });
		case 'unassigned':
			return messages.did_unassign({ who });
		case 'disagreed':
			return messages.did_disagree({ who });
		case 'agreed':
			return messages.did_agree({ who });
	}
}
