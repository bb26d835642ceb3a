// The rules of correlation on time: from where a delay is counted, how long it may be, and which clock is believed.
// The Alert stands at noon, and a request some seconds before.
import { describe, expect, it } from 'vitest';
import { effectiveTime, type HomeDevice } from '#lib/domain/correlation/evidence.ts';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import {
	BRW,
	C1,
	E1,
	EDN,
	G1,
	HAL,
	HOUR,
	NOON,
	OURS,
	SECOND,
	explain,
	home,
	request
} from '../support/evidence.ts';

/** An answer `after` seconds after noon. */
const answer = (after: number, responseCode: string): Partial<ServiceRequest> => ({
	respondedAt: NOON + after * SECOND,
	responseCode
});
const ourGas = (): Map<string, HomeDevice> =>
	home().set(G1, { deviceType: 'GSME', tenures: [{ supplierId: OURS, from: 0, to: null }] });

describe('the instant that the delay is counted from', () => {
	it.each(['E20', 'E21', 'E30', 'I99', null])(
		'is the request where no answer came (%s), because the DCC gives up after the Device has acted',
		(responseCode) => {
			const one = request(EDN, '6.5', 20, { ...answer(40, 'E21'), responseCode });
			expect(explain([one]).candidates).toMatchObject([{ anchor: 'requested', deltaSeconds: 20 }]);
		}
	);

	it.each(['E65', 'I0'])('is the response where the Device answered (%s)', (code) => {
		const one = request(BRW, '6.11', 20, answer(-8, code));
		expect(explain([one], { code: '8F0C' }).candidates).toMatchObject([
			{ anchor: 'responded', deltaSeconds: 8 }
		]);
	});

	it('is the execution where the DCC holds the command until its time', () => {
		const held = { mode: 'future-dated-dsp', executeAt: NOON - 30 * SECOND } as const;
		expect(explain([request(EDN, '6.5', 9 * 3600, held)]).candidates).toMatchObject([
			{ anchor: 'executed', deltaSeconds: 30 }
		]);
	});

	it.each([
		['stored', -10, 6 * HOUR, 'responded', 10],
		['run', -6 * 3600, -300 * SECOND, 'executed', 300]
	])(
		'is the nearer one where the Device may act when a command is %s',
		(_when, answeredAt, executeAt, anchor, delta) => {
			const one = request(BRW, '1.6', 7 * 3600, {
				...answer(answeredAt, 'I0'),
				mode: 'future-dated-device',
				executeAt: NOON + executeAt
			});
			expect(explain([one], { code: '8F0F' }).candidates).toMatchObject([{ anchor, deltaSeconds: delta }]);
		}
	);
});

describe('an Alert may precede the response of its cause, never the request', () => {
	it.each<[what: string, sent: number, answered: number | null, fits: boolean]>([
		['sent before and answered after it', 20, 15, true],
		['sent after it and answered later', -20, 30, false],
		['sent within the five seconds by which two clocks may differ', -5, null, true],
		['sent a second beyond them', -6, null, false]
	])('%s', (_what, sent, answered, fits) => {
		const one = request(HAL, '8.11', sent, {
			deviceId: C1,
			...(answered === null ? {} : answer(answered, 'I0'))
		});
		expect(explain([one], { code: '8183' }).candidates).toHaveLength(fits ? 1 : 0);
	});

	it.each([
		[30, true],
		[36, false]
	])(
		'a request of which only the response %i s after is known was sent up to a time-out earlier',
		(after, fits) => {
			const one = request(HAL, '8.11', 0, { deviceId: C1, requestedAt: null, ...answer(after, 'I0') });
			expect(explain([one], { code: '8183' }).candidates).toHaveLength(fits ? 1 : 0);
		}
	);
});

describe('windows', () => {
	it.each([
		['eight hours after', -8 * 3600, true],
		['a second later than that', -8 * 3600 - 1, false],
		['twelve hours before', 12 * 3600, true],
		['beyond that and the slack of the clocks', 12 * 3600 + 6, false]
	])('a site visit may leave its request %s an open cover', (_what, before, fits) => {
		const visit = request(HAL, '8.14.3', before + 5, { deviceId: C1, ...answer(-before, 'I0') });
		expect(explain([visit], { code: '8F76' }).candidates).toHaveLength(fits ? 1 : 0);
	});

	it.each([
		['ESME', E1, 7200 + 30 + 5],
		['GSME', G1, 7200 + 7200 + 5]
	])('an %s is waited for as long as it may sleep, where no answer came', (deviceType, deviceId, most) => {
		const alert = { code: '8F3E', deviceId, deviceType };
		for (const [before, count] of [
			[most, 1],
			[most + 1, 0]
		] as const)
			expect(
				explain([request(BRW, '1.6', before, { deviceId })], alert, { home: ourGas() }).candidates
			).toHaveLength(count);
	});

	it('does not wait for a sleeping meter that has answered', () => {
		const alert = { code: '8F3E', deviceId: G1, deviceType: 'GSME' };
		const one = request(BRW, '1.6', 9000, { deviceId: G1, ...answer(-8000, 'E65') });
		expect(explain([one], alert, { home: ourGas() }).excluded).toMatchObject([{ reason: 'outside-window' }]);
	});
});

describe('how far out a delay still speaks for a request', () => {
	it.each([
		['8183', '8.11', 120, 'likely'],
		['8183', '8.11', 8 * 120, 'likely'],
		['8183', '8.11', 8 * 120 + 1, 'ambiguous'],
		['8F0A', '6.8', 8 * 60 + 1, 'ambiguous'],
		['810D', '2.3', 8 * 300 + 1, 'ambiguous'],
		['8F3E', '8.11', 8 * 600, 'likely'],
		['8F3E', '8.11', 8 * 600 + 1, 'ambiguous']
	])(
		'%s after %s by %i s is %s: eight times the usual delay, however wide the window',
		(code, variant, by, kind) => {
			const one = request(BRW, variant, by + 5, answer(-by, 'I0'));
			expect(explain([one], { code }).kind).toBe(kind);
		}
	);

	it('does not count the sleep of a gas meter that has not answered', () => {
		const alert = { deviceId: G1, deviceType: 'GSME' };
		const waiting = (before: number) => request(EDN, '6.15.1', before, { deviceId: G1, userRole: 'GT' });
		expect(explain([waiting(1800)], alert, { home: ourGas() }).kind).toBe('likely');
		expect(explain([waiting(6000)], alert, { home: ourGas() }).kind).toBe('ambiguous');
	});
});

describe('of several that are timely, first stands', () => {
	const first = (code: string, requests: ServiceRequest[]) =>
		explain(requests, { code }).candidates[0]!.requestId;

	it('the one under way, though another was answered before', () => {
		const answeredBefore = request(EDN, '4.10', 12, answer(-6, 'I0'));
		const underWay = request(HAL, '4.8.1', 3, { userRole: 'GS', ...answer(30, 'I0') });
		expect(first('8154', [answeredBefore, underWay])).toBe(underWay.requestId);
	});

	it('the nearer, where neither is answered', () => {
		const requests = [request(EDN, '6.5', 18), request(EDN, '6.22', 6)];
		expect(first('8F30', requests)).toBe(requests[1]!.requestId);
	});

	it('one from before the Alert, though another was sent a second after it by the clock of the DCC', () => {
		const requests = [request(EDN, '6.5', 18), request(EDN, '6.22', -1)];
		expect(first('8F30', requests)).toBe(requests[0]!.requestId);
	});
});

describe('an Alert about the clock is dated by that clock', () => {
	it.each([
		['8F0C', 100, 1],
		['8F0C', 121, 0],
		['81C6', 100, 1],
		['8145', 100, 0]
	])('%s may seem to come %i s before its cause', (code, early, count) => {
		const set = request(BRW, '6.11', -early + 4, answer(early, 'I0'));
		expect(explain([set], { code }).candidates).toHaveLength(count);
	});
});

describe('the instant of an Alert', () => {
	const raised = NOON - 80 * 60 * SECOND;
	it.each<
		[what: string, raisedAt: number | null, clock: 'reliable' | 'unreliable' | 'invalid', taken: number]
	>([
		['of the Device where its clock is reliable', raised, 'reliable', raised],
		['of receipt where the clock is unreliable', raised, 'unreliable', NOON],
		['of receipt where the clock is invalid', raised, 'invalid', NOON],
		['of receipt where the Device gave none', null, 'reliable', NOON],
		['of a clock that is five minutes ahead', NOON + 300_000, 'reliable', NOON + 300_000],
		['of receipt where the clock is further ahead', NOON + 300_001, 'reliable', NOON],
		['of receipt where the clock fell back to a reset date', 0, 'reliable', NOON]
	])('is that %s', (_what, raisedAt, clock, taken) => {
		expect(effectiveTime(raisedAt, NOON, clock)).toBe(taken);
	});

	it.each(['unreliable', 'invalid'] as const)(
		'is explained beside the Alert where the clock is %s',
		(clockStatus) => {
			expect(explain([], { clockStatus }).notes).toEqual([
				'The clock of the Device is not reliable: the Alert was matched by its time of receipt.'
			]);
			expect(explain([]).notes).toEqual([]);
		}
	);
});
