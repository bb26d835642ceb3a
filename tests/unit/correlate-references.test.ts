// The rules of correlation for Alerts that name a command, each with its exception: what makes a match exact, and which
// commands no counter can lead to.
import { describe, expect, it } from 'vitest';
import type { AlertFacts } from '#lib/domain/correlation/evidence.ts';
import type { CommandReference } from '#lib/domain/command-reference.ts';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import {
	BRW,
	C1,
	EDN,
	HAL,
	NOON,
	SECOND,
	explain,
	naming,
	request,
	stored as storedCommand
} from '../support/evidence.ts';

const DAY = 86_400;
const COUNTER = '1760000000123';
/** A command held and run with that number, if no other is given. */
const stored = (userId: string, variant: string, fields: Partial<ServiceRequest> = {}) =>
	storedCommand(userId, variant, { counter: COUNTER, ...fields });
const ids = (list: ReadonlyArray<{ requestId: string }>) => list.map((item) => item.requestId);

describe('the User whose counter it is', () => {
	const both = [stored(BRW, '6.15.1'), stored(EDN, '6.15.1')];
	const of = (fields: Partial<CommandReference>, recipientId: string | null = null) => ({
		code: '8F66',
		recipientId,
		reference: naming({ counter: COUNTER, ...fields })
	});

	it.each([
		['stated by the Alert', of({ originatorId: BRW }), 'exact', [BRW]],
		['the one it was addressed to, for an outcome goes back to its User', of({}, EDN), 'exact', [EDN]],
		['stated, though addressed to another', of({ originatorId: BRW }, EDN), 'exact', [BRW]],
		['not known: both are shown, and none is guessed', of({}), 'ambiguous', [BRW, EDN]],
		['a third whose record is not there', of({}, HAL), 'ambiguous', []]
	])('%s', (_what, alert, kind, users) => {
		const explained = explain(both, alert);
		expect(explained.kind).toBe(kind);
		if (users.length > 0) expect(explained.candidates.map((c) => c.userId)).toEqual(users);
		else expect(explained.candidates.every((c) => c.tier === 'weak')).toBe(true);
	});

	it('is not the one User of an equal counter where the record of the addressee is missing', () => {
		const { kind, notes } = explain([stored(EDN, '6.15.1')], of({ messageCode: '0103' }, BRW));
		expect(kind).not.toBe('exact');
		expect(notes).toContain('The Alert names a command that is not in the audit data.');
	});
});

describe('a counter whose User is not known', () => {
	const counter = '18446744073709551615';
	const held = (userId: string, variant = '1.1.1', fields: Partial<ServiceRequest> = {}) =>
		stored(userId, variant, { counter, ...fields });
	const nextNumber = held(EDN, '1.1.1', { counter: '18446744073709551614' });
	const bare = { code: '8F66', reference: naming({ counter }) };
	const coded = { code: '8F66', reference: naming({ counter, messageCode: '0019' }) };

	it.each<[what: string, alert: Partial<AlertFacts>, requests: ServiceRequest[], kind: string]>([
		['with the SRV that is named, run just then, is exact', coded, [held(BRW)], 'exact'],
		['beside the next number is exact', coded, [held(BRW), nextNumber], 'exact'],
		[
			'beside the same to another Device is exact',
			coded,
			[held(BRW), held(EDN, '1.1.1', { deviceId: C1 })],
			'exact'
		],
		['beside the same of another User is of one of the two', coded, [held(BRW), held(EDN)], 'ambiguous'],
		['with no message code is likely at most', bare, [held(BRW)], 'likely'],
		[
			'with no time of execution is likely at most',
			coded,
			[held(BRW, '1.1.1', { executeAt: null })],
			'likely'
		],
		[
			'is not that of a command set for another day',
			coded,
			[held(BRW, '1.1.1', { executeAt: NOON - DAY * SECOND })],
			'unexplained'
		],
		['is not that of a command that no Device holds until its time', bare, [held(EDN, '6.5')], 'unexplained'],
		['is not that of another SRV than the one named', coded, [held(BRW, '1.6')], 'ambiguous'],
		[
			'leads past an impossible one to the possible',
			coded,
			[held(BRW), held(EDN, '1.1.1', { executeAt: NOON + DAY * SECOND })],
			'exact'
		]
	])('%s', (_what, alert, requests, kind) => {
		const explained = explain(requests, alert);
		expect(explained.kind).toBe(kind);
		if (kind !== 'exact') expect(explained.candidates.some((c) => c.tier === 'exact')).toBe(false);
	});

	it('says that it does not know whose it is', () => {
		const { candidates } = explain([held(BRW)], bare);
		expect(candidates).toMatchObject([{ tier: 'strong' }]);
		expect(candidates[0]!.reasons[0]!.text).toContain('but not the User who sent it');
	});

	it('of a command not supported is exact near the command alone', () => {
		const alert = { code: '8F85', reference: naming({ counter, messageCode: '0062' }) };
		const sent = (before: number) => request(BRW, '6.11', before, { counter });
		expect(explain([sent(30)], alert).kind).toBe('exact');
		expect(explain([sent(2 * DAY)], alert).kind).toBe('likely');
	});
});

describe('commands that the DCC issues under its own id and counter', () => {
	it.each([
		['6.21', '8F66', '0102'],
		['6.23', '8F66', '0107'],
		['6.24.1', '8F85', '011B'],
		['8.5', '8F66', '0104']
	])('%s: an equal counter is chance, and the explanation says so', (variant, code, messageCode) => {
		for (const originatorId of [BRW, null]) {
			const one = stored(BRW, variant);
			const { kind, candidates, notes } = explain([one], {
				code,
				reference: naming({ originatorId, counter: COUNTER, messageCode })
			});
			expect(kind).not.toBe('exact');
			expect(candidates.some((c) => c.tier === 'exact')).toBe(false);
			expect(notes).toContain(
				`The DCC issues ${variant} under its own counter, so the counter cannot identify the Service Request.`
			);
		}
	});

	it('6.23: is suspected by its SRV and its time, whatever the counter', () => {
		const gain = stored(BRW, '6.23', { counter: '1007' });
		const reference = naming({ counter: '6002', messageCode: '0107' });
		const { kind, candidates } = explain([gain], { code: '8F66', reference });
		expect([kind, ids(candidates)]).toEqual(['likely', [gain.requestId]]);
	});

	it('6.23: is exact where a DCC Alert names its RequestID', () => {
		const gain = request(BRW, '6.23', DAY);
		const reference = naming({ counter: null, requestId: gain.requestId });
		expect(
			explain([gain], { kind: 'dcc', code: 'N41', dccPayload: 'ChangeOfSupplier', reference }).kind
		).toBe('exact');
	});

	it('a command that is named and of another SRV leaves it a weak link', () => {
		const reference = naming({ counter: COUNTER, messageCode: '0019' });
		const { candidates } = explain([stored(BRW, '6.23', { counter: '1007' })], { code: '8F66', reference });
		expect(candidates.map((c) => c.tier)).toEqual(['weak']);
	});
});

describe('a command that the audit data does not hold', () => {
	it('leaves what stands near a weak link, and says so', () => {
		const reference = naming({ originatorId: BRW, counter: '5' });
		const { kind, candidates, notes } = explain([request(EDN, '6.5', 20)], { reference });
		expect([kind, candidates.map((c) => c.tier)]).toEqual(['ambiguous', ['weak']]);
		expect(notes).toContain('The Alert names a command that is not in the audit data.');
	});
});
