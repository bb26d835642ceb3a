// Makes Alerts and views for tests of the lists of the console.
import type { Alert } from '#lib/domain/alert.ts';
import type { ExplanationKind } from '#lib/domain/explanation-kind.ts';
import { type Rows, type View } from '#lib/ui/alert-rows.ts';
import { readQuery, viewOf } from '#lib/ui/views.ts';

/** Makes an Alert with only the fields that the lists use. */
export function anAlert(id: number, fields: Partial<Alert> = {}): Alert {
	return {
		id: String(id),
		deviceId: '00-DB-12-34-56-78-90-A0',
		code: '8F30',
		name: 'Source Does not have Authority for Command',
		summary: '',
		category: 'security',
		priority: 1,
		explanation: 'pending' satisfies ExplanationKind,
		version: 1,
		candidates: [],
		notice: null,
		decision: null,
		episodeId: null,
		occurrences: 1,
		throttled: false,
		area: null,
		effectiveAt: '2026-11-05T02:14:07.000Z',
		...fields
	} as unknown as Alert;
}

export const ignorableDecision = {
	verdict: 'ignorable',
	reason: 'repeat',
	note: null,
	by: 'somebody',
	at: '2026-11-05T02:20:00.000Z'
} as const;
/** The person who looks at the lists of the tests, and when. */
export const looking = () => ({ callerId: 'k3', nowMs: Date.parse('2026-11-05T03:00:00.000Z') });
export const deskView: View = viewOf(readQuery(new URLSearchParams()), looking);
export const allView: View = viewOf(readQuery(new URLSearchParams('view=all')), looking);
export const paused = { following: false, nowMs: 0 };
export const following = { following: true, nowMs: 0 };
export const ids = (rows: Rows): string[] => rows.shown.map((row) => row.alert.id);
