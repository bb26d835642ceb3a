// Tests the rules of correlation on time: from which instant a delay counts, how long it may be, and which clock counts.
// The Alert is raised at noon; requests precede it by some seconds.
import { describe, expect, it } from 'vitest';
import { effectiveTime } from '#lib/domain/correlation/evidence.ts';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import {
	ourUser,
	hub,
	electricityMeter,
	networkOperator,
	gasMeter,
	gasSupplier,
	HOUR_MS,
	NOON,
	SECOND_MS,
	explain,
	request,
	answered,
	homeWithOurGasMeter
} from '../../support/evidence.ts';

describe('the instant from which the delay counts', () => {
	it.each(['E20', 'E21', 'E30', 'I99', null])(
		'is the request if the Device did not answer (%s), because the DCC gives up after the Device has acted',
		(responseCode) => {
			const one = request(networkOperator, '6.5', 20, { ...answered(40, 'E21'), responseCode });
			expect(explain([one]).candidates).toMatchObject([{ anchor: 'requested', deltaSeconds: 20 }]);
		}
	);

	it.each(['E65', 'I0'])('is the response if the Device answered (%s)', (code) => {
		const one = request(ourUser, '6.11', 20, answered(-8, code));
		expect(explain([one], { code: '8F0C' }).candidates).toMatchObject([
			{ anchor: 'responded', deltaSeconds: 8 }
		]);
	});

	it('is the execution if the DCC stores the command until its time', () => {
		const storedByDcc = { mode: 'future-dated-dsp', executeAt: NOON - 30 * SECOND_MS } as const;
		expect(explain([request(networkOperator, '6.5', 9 * 3600, storedByDcc)]).candidates).toMatchObject([
			{ anchor: 'executed', deltaSeconds: 30 }
		]);
	});

	it.each([
		['stored', -10, 6 * HOUR_MS, 'responded', 10],
		['executed', -6 * 3600, -300 * SECOND_MS, 'executed', 300]
	])(
		'is the nearest instant at which the Device may act, here when the command is %s',
		(_when, answeredAt, executeAt, anchor, delta) => {
			const one = request(ourUser, '1.6', 7 * 3600, {
				...answered(answeredAt, 'I0'),
				mode: 'future-dated-device',
				executeAt: NOON + executeAt
			});
			expect(explain([one], { code: '8F0F' }).candidates).toMatchObject([{ anchor, deltaSeconds: delta }]);
		}
	);
});

describe('an Alert may precede the response of its cause, but never the request', () => {
	it.each<[behaviour: string, sent: number, answeredAfter: number | null, fits: boolean]>([
		['may be the cause if it was sent before the Alert and answered after it', 20, 15, true],
		['is not the cause if it was sent after the Alert', -20, 30, false],
		[
			'may be the cause if it was sent after the Alert within the clock tolerance of five seconds',
			-5,
			null,
			true
		],
		['is not the cause if it was sent one second beyond the clock tolerance', -6, null, false]
	])('the request %s', (_behaviour, sent, answeredAfter, fits) => {
		const one = request(gasSupplier, '8.11', sent, {
			deviceId: hub,
			...(answeredAfter === null ? {} : answered(answeredAfter, 'I0'))
		});
		expect(explain([one], { code: '8183' }).candidates).toHaveLength(fits ? 1 : 0);
	});

	it.each([
		[30, true],
		[36, false]
	])(
		'a request whose response came %i s after the Alert counts as sent one time-out earlier if its time is not known',
		(after, fits) => {
			const one = request(gasSupplier, '8.11', 0, {
				deviceId: hub,
				requestedAt: null,
				...answered(after, 'I0')
			});
			expect(explain([one], { code: '8183' }).candidates).toHaveLength(fits ? 1 : 0);
		}
	);
});

describe('the window of a cause', () => {
	it.each([
		['includes eight hours after the Alert', -8 * 3600, true],
		['excludes one second more than eight hours after the Alert', -8 * 3600 - 1, false],
		['includes twelve hours before the Alert', 12 * 3600, true],
		['excludes more than twelve hours and the clock tolerance before the Alert', 12 * 3600 + 6, false]
	])('%s, for a site visit near an open cover', (_bound, before, fits) => {
		const visit = request(gasSupplier, '8.14.3', before + 5, { deviceId: hub, ...answered(-before, 'I0') });
		expect(explain([visit], { code: '8F76' }).candidates).toHaveLength(fits ? 1 : 0);
	});

	it.each([
		['ESME', electricityMeter, 7200 + 30 + 5],
		['GSME', gasMeter, 7200 + 7200 + 5]
	])(
		'is longer by the time-out of the Device (%s) if the Device did not answer',
		(deviceType, deviceId, longest) => {
			const alert = { code: '8F3E', deviceId, deviceType };
			for (const [before, count] of [
				[longest, 1],
				[longest + 1, 0]
			] as const)
				expect(
					explain([request(ourUser, '1.6', before, { deviceId })], alert, { home: homeWithOurGasMeter() })
						.candidates
				).toHaveLength(count);
		}
	);

	it('is not longer if a sleeping gas meter has answered', () => {
		const alert = { code: '8F3E', deviceId: gasMeter, deviceType: 'GSME' };
		const one = request(ourUser, '1.6', 9000, { deviceId: gasMeter, ...answered(-8000, 'E65') });
		expect(explain([one], alert, { home: homeWithOurGasMeter() }).excluded).toMatchObject([
			{ reason: 'outside-window' }
		]);
	});
});

describe('the longest timely delay', () => {
	it.each([
		['8183', '8.11', 120, 'likely'],
		['8183', '8.11', 8 * 120, 'likely'],
		['8183', '8.11', 8 * 120 + 1, 'ambiguous'],
		['8F0A', '6.8', 8 * 60 + 1, 'ambiguous'],
		['810D', '2.3', 8 * 300 + 1, 'ambiguous'],
		['8F3E', '8.11', 8 * 600, 'likely'],
		['8F3E', '8.11', 8 * 600 + 1, 'ambiguous']
	])(
		'%s after %s by %i s is %s: a delay is timely up to eight times the usual delay, however wide the window is',
		(code, variant, by, kind) => {
			const one = request(ourUser, variant, by + 5, answered(-by, 'I0'));
			expect(explain([one], { code }).kind).toBe(kind);
		}
	);

	it('does not include the usual sleep of a gas meter that has not answered', () => {
		const alert = { deviceId: gasMeter, deviceType: 'GSME' };
		const waiting = (before: number) =>
			request(networkOperator, '6.15.1', before, { deviceId: gasMeter, userRole: 'GT' });
		expect(explain([waiting(1800)], alert, { home: homeWithOurGasMeter() }).kind).toBe('likely');
		expect(explain([waiting(6000)], alert, { home: homeWithOurGasMeter() }).kind).toBe('ambiguous');
	});
});

describe('the first of several timely candidates', () => {
	const first = (code: string, requests: ServiceRequest[]) =>
		explain(requests, { code }).candidates[0]!.requestId;

	it('is the request under way, even if another request was answered before the Alert', () => {
		const answeredBefore = request(networkOperator, '4.10', 12, answered(-6, 'I0'));
		const underWay = request(gasSupplier, '4.8.1', 3, { userRole: 'GS', ...answered(30, 'I0') });
		expect(first('8154', [answeredBefore, underWay])).toBe(underWay.requestId);
	});

	it('is the nearer request if neither has an answer', () => {
		const requests = [request(networkOperator, '6.5', 18), request(networkOperator, '6.22', 6)];
		expect(first('8F30', requests)).toBe(requests[1]!.requestId);
	});

	it('is a request before the Alert, even if another request was sent one second after it by the clock of the DCC', () => {
		const requests = [request(networkOperator, '6.5', 18), request(networkOperator, '6.22', -1)];
		expect(first('8F30', requests)).toBe(requests[0]!.requestId);
	});
});

describe('an Alert about a clock carries the time of that clock', () => {
	it.each([
		['8F0C', 'may seem', 100, 1],
		['8F0C', 'may not seem', 121, 0],
		['81C6', 'may seem', 100, 1],
		['8145', 'may not seem', 100, 0]
	])('%s %s to come %i s before its request', (code, _verb, early, count) => {
		const set = request(ourUser, '6.11', -early + 4, answered(early, 'I0'));
		expect(explain([set], { code }).candidates).toHaveLength(count);
	});
});

describe('the effective time of an Alert', () => {
	const raised = NOON - 80 * 60 * SECOND_MS;
	it.each<
		[source: string, raisedAt: number | null, clock: 'reliable' | 'unreliable' | 'invalid', expected: number]
	>([
		["the Device's time if its clock is reliable", raised, 'reliable', raised],
		['the time of receipt if the clock is unreliable', raised, 'unreliable', NOON],
		['the time of receipt if the clock is invalid', raised, 'invalid', NOON],
		['the time of receipt if the Device gives no time', null, 'reliable', NOON],
		["the Device's time if its clock is five minutes ahead", NOON + 300_000, 'reliable', NOON + 300_000],
		['the time of receipt if the clock is further ahead', NOON + 300_001, 'reliable', NOON],
		['the time of receipt if the clock fell back to a reset date', 0, 'reliable', NOON]
	])('is %s', (_source, raisedAt, clock, expected) => {
		expect(effectiveTime(raisedAt, NOON, clock)).toBe(expected);
	});

	it.each(['unreliable', 'invalid'] as const)(
		'has a note beside the explanation if the clock is %s',
		(clockStatus) => {
			expect(explain([], { clockStatus }).notes).toEqual([
				'The clock of the Device is not reliable, so the Alert was matched by its time of receipt.'
			]);
			expect(explain([]).notes).toEqual([]);
		}
	);
});
