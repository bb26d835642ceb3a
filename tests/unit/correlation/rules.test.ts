// Tests the rules of correlation one by one, each with its exception: outcome, sender and Device.
import { describe, expect, it } from 'vitest';
import type { HomeDevice } from '#lib/domain/correlation/evidence.ts';
import {
	ourUser,
	hub,
	electricityMeter,
	networkOperator,
	supplierAgent,
	gasMeter,
	gasSupplier,
	HOUR_MS,
	NOON,
	otherSupplierId,
	consumerService,
	ourSupplierId,
	explain,
	home,
	commandReference,
	request,
	answered,
	homeWithOurGasMeter,
	ids
} from '../../support/evidence.ts';

const otherNetworkOperator = '90-B3-D5-1F-30-02-00-09';
const DAY = 24 * HOUR_MS;

/** The home, with a change of Supplier of the electricity meter at `at` (epoch ms). */
const changedAt = (at: number, [first, second] = [otherSupplierId, ourSupplierId]): Map<string, HomeDevice> =>
	home().set(electricityMeter, {
		deviceType: 'ESME',
		tenures: [
			{ supplierId: first!, from: 0, to: at },
			{ supplierId: second!, from: at, to: null }
		]
	});

describe('the outcome of a request', () => {
	it.each([
		['8F30', networkOperator, '6.5'],
		['8F3E', networkOperator, '6.22'],
		['8F1E', networkOperator, '6.22']
	])('excludes a command that succeeded as a cause of %s', (code, user, variant) => {
		const { candidates, excluded } = explain([request(user, variant, 20, answered(-10, 'I0'))], { code });
		expect(candidates).toEqual([]);
		expect(excluded).toMatchObject([{ reason: 'succeeded' }]);
		expect(explain([request(user, variant, 20, answered(-10, 'E65'))], { code }).kind).toBe('likely');
	});

	it('does not exclude a command that succeeded if its success has the effect', () => {
		const done = request(gasSupplier, '8.11', 20, { deviceId: hub, ...answered(-10, 'I0') });
		expect(explain([done], { code: '8F3E' }).kind).toBe('likely');
	});

	it.each([
		['8154', 'I0', 'E65', 'failed'],
		['8155', 'E65', 'I0', 'succeeded']
	])('must agree with %s, which reports how a command ended (%s)', (code, reported, otherwise, reason) => {
		expect(explain([request(networkOperator, '4.10', 20, answered(5, reported))], { code }).kind).toBe(
			'likely'
		);
		const { candidates, excluded } = explain([request(networkOperator, '4.10', 20, answered(5, otherwise))], {
			code
		});
		expect([candidates, excluded.map((e) => e.reason)]).toEqual([[], [reason]]);
	});

	it('ranks a failed command before a command without a response', () => {
		const silent = request(networkOperator, '6.22', 12);
		const failed = request(networkOperator, '6.22', 17, answered(-12, 'E65'));
		expect(ids(explain([silent, failed], { code: '8F1E' }).candidates)).toEqual(ids([failed, silent]));
		expect(explain([silent], { code: '8F1E' }).candidates[0]!.reasons).toContainEqual({
			code: 'outcome',
			text: 'No response has arrived yet.'
		});
	});

	const refusals = [...Array.from({ length: 13 }, (_, i) => `E${i + 1}`), 'E19'];
	it.each(refusals)(
		'excludes a request that the DCC refused (%s), because it never reached the Device',
		(responseCode) => {
			for (const code of ['8F30', '8F76', '8FFF']) {
				const { candidates, excluded } = explain([request(networkOperator, '6.5', 20, { responseCode })], {
					code
				});
				expect(candidates).toEqual([]);
				expect(excluded).toMatchObject([{ reason: 'never-reached-device' }]);
			}
		}
	);

	it.each(['E14', 'E17', 'E20', 'E21', 'E30', 'E65', 'E100'])(
		'does not exclude a request with %s, which may have reached the Device',
		(responseCode) => {
			expect(explain([request(networkOperator, '6.5', 20, { responseCode })]).kind).toBe('likely');
		}
	);

	it('may be a refusal by the DCC if the Alert itself names the refused command', () => {
		const refused = request(ourUser, '7.2', 20, { responseCode: 'E4' });
		const reference = commandReference({ requestId: refused.requestId });
		const alert = { kind: 'dcc', code: 'N13', dccPayload: 'CommandFailure', reference } as const;
		expect(explain([refused], alert)).toMatchObject({
			kind: 'exact',
			candidates: [{ requestId: refused.requestId }]
		});
	});
});

describe('the sender of a request', () => {
	it.each([
		['ED', 'may', networkOperator, true],
		['GS', 'may not', gasSupplier, false],
		['OU', 'may not', consumerService, false],
		['RSA', 'may not', supplierAgent, false]
	])('of role %s %s cause 8F30 by 6.5', (_role, _verb, user, eligible) => {
		const { candidates, excluded } = explain([request(user, '6.5', 20)]);
		expect(candidates).toHaveLength(eligible ? 1 : 0);
		expect(excluded.map((e) => e.reason)).toEqual(eligible ? [] : ['role-not-eligible']);
	});

	it('is not excluded by role while only the response is known, which names no role', () => {
		expect(explain([request(networkOperator, '6.5', 20, { userRole: '' })]).kind).toBe('likely');
	});

	it('is marked as own for each of the User IDs of the viewer, and for no other User', () => {
		const viewer = { supplierId: ourSupplierId, userIds: new Set([ourUser, otherNetworkOperator]) };
		const requests = [ourUser, otherNetworkOperator, gasSupplier].map((user, i) =>
			request(user, '1.6', 20 + i, { userRole: 'IS' })
		);
		const { candidates } = explain(requests, { code: '8F3E' }, { viewer });
		expect(new Map(candidates.map((c) => [c.userId, c.own]))).toEqual(
			new Map([
				[ourUser, true],
				[otherNetworkOperator, true],
				[gasSupplier, false]
			])
		);
	});

	it.each([
		['ED', electricityMeter, 'ESME'],
		['GT', gasMeter, 'GSME']
	])('of role %s may cause 8F30 on the meter of its fuel', (role, deviceId, type) => {
		const one = request(networkOperator, '6.15.1', 20, { deviceId, userRole: role });
		expect(explain([one], { deviceId, deviceType: type }, { home: homeWithOurGasMeter() }).kind).toBe(
			'likely'
		);
	});

	it('is only a weak link if the DCC relayed its failed read under the identity of the DCC', () => {
		const { kind, candidates } = explain([request(supplierAgent, '6.13', 1, answered(20, 'E21'))]);
		expect([kind, candidates.map((c) => c.tier)]).toEqual(['ambiguous', ['weak']]);
		expect(candidates[0]!.reasons.map((r) => r.code)).toContain('relayed');
	});

	it('is not the suspect of a low-balance Alert after a top-up, which only raises the balance', () => {
		for (const code of ['8F0F', '810D', '8119'])
			expect(explain([request(ourUser, '2.2', 20, answered(-10, 'I0'))], { code }).kind).toBe('unexplained');
	});

	it('ranks lower if the DCC relays its commands under the identity of the DCC', () => {
		const relayed = request(supplierAgent, '6.13', 10);
		const direct = request(gasSupplier, '1.6', 20);
		const { candidates } = explain([relayed, direct], { code: '8F3E' });
		expect(ids(candidates)).toEqual(ids([direct, relayed]));
		expect(candidates[1]!.reasons.map((r) => r.code)).toContain('relayed');
	});
});

describe('causes that need a change of Supplier or of credentials', () => {
	const commandNearChange = () => request(gasSupplier, '1.6', 20, { userRole: 'IS' });
	it.each<[behaviour: string, at: number, order: [number, number], holds: boolean]>([
		['may follow a change of Supplier three days before', -3 * DAY, [otherSupplierId, ourSupplierId], true],
		[
			'does not follow a change of Supplier more than three days before',
			-3 * DAY - 1,
			[otherSupplierId, ourSupplierId],
			false
		],
		['may precede a change of Supplier by three days', 3 * DAY, [ourSupplierId, otherSupplierId], true],
		[
			'does not precede a change of Supplier by more than three days',
			3 * DAY + 1,
			[ourSupplierId, otherSupplierId],
			false
		]
	])('8F30 %s', (_behaviour, at, order, holds) => {
		const { kind, candidates } = explain([commandNearChange()], {}, { home: changedAt(NOON + at, order) });
		expect([kind, candidates[0]!.tier]).toEqual(holds ? ['likely', 'strong'] : ['ambiguous', 'weak']);
		expect(candidates[0]!.reasons.some((r) => r.code === 'condition-not-met')).toBe(!holds);
	});

	it.each([
		[240, 'ambiguous', []],
		[241, 'unexplained', ['condition-not-met']]
	])('8F30 without a change of Supplier, %i s after a command, is %s', (before, kind, reasons) => {
		const explained = explain([request(gasSupplier, '1.6', before)]);
		expect([explained.kind, explained.excluded.map((e) => e.reason)]).toEqual([kind, reasons]);
	});

	it('8F3D may follow a command of a User that replaced its own key an hour before', () => {
		const replaced = request(ourUser, '6.15.1', 3600, answered(-3590, 'I0'));
		const late = request(ourUser, '1.1.1', 20);
		const { kind, candidates } = explain([replaced, late], { code: '8F3D' });
		expect([kind, ids(candidates)]).toEqual(['likely', [late.requestId]]);
		expect(explain([late], { code: '8F3D' }).kind).toBe('ambiguous');
	});

	it.each([
		['may follow a change of credentials by seven days', 7 * DAY, true],
		['does not follow a change of credentials by more than seven days', 7 * DAY + 1, false]
	])('8F3D %s', (_behaviour, ago, holds) => {
		const { kind } = explain(
			[request(networkOperator, '6.5', 20)],
			{ code: '8F3D' },
			{ home: changedAt(NOON - ago) }
		);
		expect(kind).toBe(holds ? 'likely' : 'ambiguous');
	});
});

describe('the Device to which a request was sent', () => {
	it.each([
		['the hub', 'may', '8F28', '6.29', hub, true],
		['the gas meter', 'may not', '8F28', '6.29', gasMeter, false],
		['the gas meter', 'may', '819D', '4.6.1', gasMeter, true],
		['the hub', 'may not', '819D', '4.6.1', hub, false]
	] as const)('is %s: it %s cause %s by %s', (_device, _verb, code, variant, deviceId, fits) => {
		const one = request(ourUser, variant, code === '819D' ? 7200 : 20, { deviceId });
		expect(explain([one], { code }, { home: homeWithOurGasMeter() }).candidates).toHaveLength(fits ? 1 : 0);
	});

	it("must be the Alert's own Device unless the cause table allows the home network", () => {
		const elsewhere = request(networkOperator, '6.5', 20, { deviceId: hub });
		expect(explain([elsewhere])).toMatchObject({ kind: 'unexplained', candidates: [], excluded: [] });
	});

	it.each([
		['excluded if the request succeeded', { respondedAt: NOON - HOUR_MS, responseCode: 'I0' }, []],
		['a candidate after a time-out', { respondedAt: NOON, responseCode: 'E20' }, ['weak-or-strong']]
	])('is the gas meter for 819D (command not fetched), and the request is %s', (_outcome, answered, fits) => {
		const one = request(ourUser, '6.7', 7200, { deviceId: gasMeter, ...answered });
		expect(explain([one], { code: '819D' }, { home: homeWithOurGasMeter() }).candidates).toHaveLength(
			fits.length
		);
	});

	it("ranks the Alert's own Device before the hub even if the request to the hub is a little nearer in time", () => {
		const toHub = request(gasSupplier, '8.7.2', 10, { deviceId: hub });
		const toMeter = request(gasSupplier, '8.7.2', 20);
		const { candidates } = explain([toHub, toMeter], { code: '8F3E' });
		expect(candidates.map((c) => c.relation)).toEqual(['same-device', 'same-hub']);
	});
});
