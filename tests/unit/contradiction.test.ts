import { describe, expect, it } from 'vitest';
import { contradictionOf } from '#lib/domain/contradiction.ts';
import type { Basis, Decision } from '#lib/domain/decision.ts';
import type { ExplanationKind } from '#lib/domain/explanation-kind.ts';

const said = (explanation: ExplanationKind, suspect: string | null = null): Basis => ({
	explanation,
	suspect
});
const decided = (verdict: Decision['verdict'], reason: string, basis?: Basis): Decision => ({
	verdict,
	reason,
	note: null,
	by: 'Controller',
	at: '2026-11-05T02:20:00.000Z',
	...(basis && { basis })
});

describe('new evidence against a decision', () => {
	it.each([
		[
			'ignorable as explained, and no longer explained',
			decided('ignorable', 'other-user-command', said('likely', 'r1')),
			said('unexplained'),
			/no longer/
		],
		[
			'ignorable as explained, and two Users are now as likely',
			decided('ignorable', 'information', said('exact', 'r1')),
			said('ambiguous'),
			/no longer/
		],
		[
			'actionable as nothing explained it, and a late record does',
			decided('actionable', 'no-command', said('pending')),
			said('likely', 'r1'),
			/explains it now/
		],
		[
			'ignorable for the command of one User, and another is the suspect now',
			decided('ignorable', 'other-user-command', said('likely', 'r1')),
			said('likely', 'r2'),
			/different one/
		]
	])('raises a notice: %s', (_, decision, now, notice) => {
		expect(contradictionOf(decision, now)).toMatch(notice);
	});

	it.each([
		[
			'ignorable while unexplained, and explained since: the evidence agrees',
			decided('ignorable', 'information', said('unexplained')),
			said('likely', 'r1')
		],
		[
			'actionable though explained, and unexplained since: the evidence agrees',
			decided('actionable', 'credential', said('likely', 'r1')),
			said('unexplained')
		],
		[
			'the same suspect is surer now',
			decided('ignorable', 'other-user-command', said('likely', 'r1')),
			said('exact', 'r1')
		],
		[
			'another suspect, but the reason did not rest on one',
			decided('ignorable', 'install', said('likely', 'r1')),
			said('likely', 'r2')
		],
		[
			'pending has become unexplained',
			decided('actionable', 'no-command', said('pending')),
			said('unexplained')
		],
		[
			'nothing is known of what it was decided on',
			decided('ignorable', 'other', undefined),
			said('unexplained')
		]
	])('raises none: %s', (_, decision, now) => {
		expect(contradictionOf(decision, now)).toBeNull();
	});
});
