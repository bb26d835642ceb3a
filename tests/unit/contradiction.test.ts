// Tests when newer evidence contradicts a decision.
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

describe('newer evidence beside a decision', () => {
	it.each([
		[
			'decided ignorable when explained, and unexplained now',
			decided('ignorable', 'other-user-command', said('likely', 'r1')),
			said('unexplained'),
			/no longer/
		],
		[
			'decided ignorable when explained, and two Users are equally likely now',
			decided('ignorable', 'information', said('exact', 'r1')),
			said('ambiguous'),
			/no longer/
		],
		[
			'decided actionable when nothing explained the Alert, and a late record explains it now',
			decided('actionable', 'no-command', said('pending')),
			said('likely', 'r1'),
			/explains it now/
		],
		[
			"decided ignorable for one User's command, and another User's command is the suspect now",
			decided('ignorable', 'other-user-command', said('likely', 'r1')),
			said('likely', 'r2'),
			/different one/
		]
	])('raises a notice: %s', (_, decision, now, notice) => {
		expect(contradictionOf(decision, now)).toMatch(notice);
	});

	it.each([
		[
			'decided ignorable when unexplained, and explained now',
			decided('ignorable', 'information', said('unexplained')),
			said('likely', 'r1')
		],
		[
			'decided actionable when explained, and unexplained now',
			decided('actionable', 'credential', said('likely', 'r1')),
			said('unexplained')
		],
		[
			'the link to the same suspect is surer now',
			decided('ignorable', 'other-user-command', said('likely', 'r1')),
			said('exact', 'r1')
		],
		[
			'the suspect is another one, but the reason does not depend on the suspect',
			decided('ignorable', 'install', said('likely', 'r1')),
			said('likely', 'r2')
		],
		[
			'the Alert was pending and is unexplained now',
			decided('actionable', 'no-command', said('pending')),
			said('unexplained')
		],
		['the decision has no stored basis', decided('ignorable', 'other', undefined), said('unexplained')]
	])('raises no notice: %s', (_, decision, now) => {
		expect(contradictionOf(decision, now)).toBeNull();
	});
});
