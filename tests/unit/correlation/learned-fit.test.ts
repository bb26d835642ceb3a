// Tests how a learned pattern affects an explanation.
import { describe, expect, it } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import { Cause, causeTable, shippedFile } from '#lib/domain/cause-table/cause-table.ts';
import { causeFrom, tableKnows } from '#lib/domain/cause-table/learned-cause.ts';
import { mayUsePattern } from '#lib/domain/correlation/learned-fit.ts';
import { patternKey, withFrequencies, type LearnedPattern } from '#lib/domain/learned-pattern.ts';
import { NOON, SECOND_MS, explain, networkOperator, request, supplierAgent } from '../../support/evidence.ts';
import { aPattern, readOfIdentity } from '../../support/learned-pattern.ts';

const learnedFrom = (...patterns: LearnedPattern[]) => ({
	learned: new Map(patterns.map((p) => [patternKey(p), p]))
});

describe('a learned pattern in an explanation', () => {
	const readByAgent = () =>
		request(supplierAgent, '6.2.4', 60, { responseCode: 'I0', respondedAt: NOON - 55 * SECOND_MS });

	it('makes a request that is not in the cause table a weak candidate', () => {
		const { kind, candidates } = explain([readByAgent()], { code: '81AF' }, learnedFrom(aPattern()));
		expect(kind).toBe('ambiguous');
		expect(candidates).toMatchObject([{ serviceReferenceVariant: '6.2.4', tier: 'weak', deltaSeconds: 60 }]);
		expect(candidates[0]!.reasons.map((r) => r.code)).toContain('learned');
	});

	it.each([
		['the pattern is not offered', aPattern({ offered: false })],
		['the pattern was learned on another type of Device', aPattern({ deviceType: 'GSME' })],
		['the pattern was learned from another role', aPattern({ userRole: 'OU' })],
		['the request is older than the learned window', aPattern({ withinSeconds: 30 })]
	])('makes no candidate if %s', (_condition, learned) => {
		expect(explain([readByAgent()], { code: '81AF' }, learnedFrom(learned)).candidates).toEqual([]);
	});

	it('never explains a physical event, nor an Alert that no command can cause', () => {
		for (const code of ['8F76', '8F35', '81B8']) {
			const { kind, candidates } = explain([readByAgent()], { code }, learnedFrom(aPattern({ code })));
			expect(['unexplained', 'not-command']).toContain(kind);
			expect(candidates).toEqual([]);
		}
	});

	it.each([
		[
			'may not affect an explanation if the table lists the SRV as a cause of the code',
			aPattern({ code: '8F30', serviceReferenceVariant: '6.5' }),
			false
		],
		['may not affect an explanation if no command can cause the code', aPattern({ code: '8F35' }), false],
		['may not affect an explanation if the event is physical', aPattern({ code: '8F76' }), false],
		['may affect an explanation if the table does not list the SRV', aPattern(), true],
		[
			'may affect an explanation of a DCC Alert, which may have the entry of its child element',
			aPattern({ code: 'N24' }),
			true
		]
	])('%s', (_behaviour, learned, mayAffect) => {
		expect(mayUsePattern(learned, causeTable)).toBe(mayAffect);
	});

	it('ranks below a likely candidate of the cause table', () => {
		const refused = request(networkOperator, '6.5', 27, {
			responseCode: 'E21',
			respondedAt: NOON - SECOND_MS
		});
		const { kind, candidates } = explain(
			[readByAgent(), refused],
			{ code: '8F30' },
			learnedFrom(aPattern({ code: '8F30', serviceReferenceVariant: '6.2.4' }))
		);
		expect(kind).toBe('likely');
		expect(candidates.map((c) => c.serviceReferenceVariant)[0]).toBe('6.5');
	});

	it('adds its current figures to a candidate, but not to a candidate that the Alert names', () => {
		const alert = (tier: string) =>
			({
				deviceType: 'ESME',
				code: '81AF',
				candidates: [{ ...readOfIdentity, tier, reasons: [] }]
			}) as unknown as Alert;
		const { learned } = learnedFrom(aPattern());
		expect(withFrequencies(alert('weak'), learned).candidates[0]!.reasons).toMatchObject([
			{ code: 'frequency' }
		]);
		expect(withFrequencies(alert('exact'), learned).candidates[0]!.reasons).toEqual([]);
	});

	it('becomes a cause that the cause table accepts, and then counts as known', () => {
		expect(tableKnows(shippedFile, aPattern())).toBe(false);
		const cause = { id: '81AF/9', ...causeFrom(aPattern()) };
		expect(Cause.parse(cause)).toMatchObject({ variants: ['6.2.4'], roles: ['RSA'], confidence: 'strong' });
		const entries = shippedFile.entries.map((e) =>
			e.alert === '81AF' ? { ...e, causes: [...e.causes, cause] } : e
		);
		expect(tableKnows({ ...shippedFile, entries }, aPattern())).toBe(true);
	});
});
