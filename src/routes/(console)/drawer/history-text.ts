// Writes an entry of the history of an Alert as a sentence.
import type { HistoryEntry } from '#lib/domain/desk/history.ts';
import { reasonName, verdictName } from '#lib/ui/alert-words.ts';
import { instant } from '#lib/ui/wording.ts';

const RETURNS: Record<NonNullable<HistoryEntry['why']>, string> = {
	time: 'The time on the shelf ended.',
	evidence: 'New evidence took the Alert off the shelf.',
	person: 'took the Alert off the shelf.',
	decision: 'took the Alert off the shelf with a decision.'
};

/** Writes who did what. */
export function historyText(entry: HistoryEntry): string {
	const by = entry.by ?? 'Causeway';
	switch (entry.kind) {
		case 'decided':
			return entry.verdict && entry.reason !== null
				? `${by} decided ${verdictName(entry.verdict).toLowerCase()}: ${reasonName({ reason: entry.reason })}.`
				: `${by} decided.`;
		case 'reopened':
			return `${by} reopened the Alert.`;
		case 'shelved':
			return `${by} shelved the Alert${entry.until ? ` until ${instant(entry.until)}` : ''}.`;
		case 'returned':
			if (entry.why === 'time' || entry.why === 'evidence') return RETURNS[entry.why];
			return `${by} ${RETURNS[entry.why ?? 'person']}`;
		case 'assigned':
			if (!entry.assignee) return `${by} assigned the Alert.`;
			return entry.assignee.name === entry.by
				? `${by} took the Alert.`
				: `${by} gave the Alert to ${entry.assignee.name}.`;
		case 'unassigned':
			return `${by} ended the assignment.`;
		case 'disagreed':
			return `${by} disagreed with the explanation.`;
		case 'agreed':
			return `${by} took the disagreement back.`;
	}
}
