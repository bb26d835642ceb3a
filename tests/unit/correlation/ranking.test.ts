// Tests how correlation ranks several requests that fit one Alert, and what it shows of the other requests.
import { describe, expect, it } from 'vitest';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import {
	answered,
	consumerService,
	explain,
	gasSupplier,
	ids,
	networkOperator,
	request
} from '../../support/evidence.ts';

const otherNetworkOperator = '90-B3-D5-1F-30-02-00-09';

describe('several requests that fit', () => {
	const rival = (before: number) => request(otherNetworkOperator, '6.5', before, { userRole: 'ED' });
	it.each([
		['are ambiguous if a request of another User fits equally well', 20, 'ambiguous'],
		['name one suspect if a request of another User fits far worse', 590, 'likely']
	])('%s', (_behaviour, before, kind) => {
		const explained = explain([request(networkOperator, '6.5', 20), rival(before)]);
		expect([explained.kind, explained.candidates.length]).toEqual([kind, 2]);
	});
	it('name one suspect if they are of the same User', () => {
		expect(explain([request(networkOperator, '6.5', 20), request(networkOperator, '6.15.1', 20)]).kind).toBe(
			'likely'
		);
	});
	it('name one suspect if one is strong and the other a weak link, however near in time', () => {
		const { kind, candidates } = explain([
			request(networkOperator, '6.5', 100),
			request(otherNetworkOperator, '4.10', 20, { userRole: 'ED' })
		]);
		expect([kind, candidates.map((c) => c.tier)]).toEqual(['likely', ['strong', 'weak']]);
	});
	it('are shown as the five best candidates, beside the ten nearest excluded requests', () => {
		const fitting = Array.from({ length: 8 }, (_, i) => request(networkOperator, '6.5', 30 + 60 * i));
		const others = Array.from({ length: 14 }, (_, i) => request(networkOperator, '8.4', 45 + 60 * i));
		const { candidates, excluded } = explain([...fitting, ...others].reverse());
		expect(ids(candidates)).toEqual(ids(fitting.slice(0, 5)));
		expect(ids(excluded)).toEqual(ids(others.slice(0, 10)));
	});
	it('leave every other request excluded, with a reason code and a text', () => {
		const misses: Array<[reason: string, request: ServiceRequest]> = [
			['succeeded', request(networkOperator, '6.5', 30, answered(-10, 'I0'))],
			['never-reached-device', request(networkOperator, '6.5', 31, { responseCode: 'E4' })],
			['not-a-known-cause', request(networkOperator, '8.4', 32)],
			['role-not-eligible', request(consumerService, '6.5', 33)],
			['condition-not-met', request(gasSupplier, '1.6', 600)],
			['outside-window', request(networkOperator, '6.5', 2 * 3600)]
		];
		const { excluded } = explain(misses.map(([, one]) => one));
		expect(excluded.map((e) => [e.reason, e.requestId])).toEqual(
			misses.map(([reason, one]) => [reason, one.requestId])
		);
		expect(excluded.every(({ text }) => /\w+ \w+/.test(text))).toBe(true);
	});
});
