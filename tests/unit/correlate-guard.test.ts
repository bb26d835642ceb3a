// What no nearness in time can make a cause: the guard of physical events and of codes that no command can cause.
import { describe, expect, it } from 'vitest';
import { deviceAlertTable } from '#lib/domain/alert-code.ts';
import { causeTable } from '#lib/domain/cause-table/cause-table.ts';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import { BRW, C1, EDN, FLD, HAL, HOUR, NOON, SECOND, explain, request } from '../support/evidence.ts';

const DAY = 24 * HOUR;

/** An answer `after` seconds after noon. */
const answer = (after: number, responseCode: string): Partial<ServiceRequest> => ({
	respondedAt: NOON + after * SECOND,
	responseCode
});
const ids = (list: ReadonlyArray<{ requestId: string }>) => list.map((item) => item.requestId);

describe('what no nearness can make a cause', () => {
	const everything = [
		request(EDN, '6.5', 5),
		request(BRW, '1.6', 6),
		request(HAL, '8.14.3', 40, { deviceId: C1, ...answer(-30, 'I0') }),
		request(HAL, '8.11', 50, { deviceId: C1, ...answer(-40, 'I0') }),
		request(FLD, '8.4', 60, answer(-50, 'I0'))
	];
	it('a visit is told by who made it before who wrote it down', () => {
		const booked = request(FLD, '8.4', -60, answer(60, 'I0'));
		const exchanged = request(HAL, '8.14.3', -3600, { deviceId: C1, ...answer(3600, 'I0') });
		expect(ids(explain([booked, exchanged], { code: '8F76' }).candidates)).toEqual(ids([exchanged, booked]));
	});

	it.each(deviceAlertTable.codes.filter((row) => row.physical).map((row) => [row.code, row.name]))(
		'%s (%s): somebody touched the meter, so every link is weak',
		(code) => {
			for (const completeUntil of [null, NOON + DAY]) {
				const { kind, candidates } = explain(everything, { code }, { completeUntil });
				expect(kind).toBe(completeUntil === null ? 'pending' : 'ambiguous');
				expect(candidates.map((c) => c.tier)).toEqual(candidates.map(() => 'weak'));
			}
		}
	);

	it('a physical event stays weak even where a table would call the link sure', () => {
		const sure = { ...causeTable.entries.get('8F30')!, alert: '8F76' };
		const table = { ...causeTable, entries: new Map([['8F76', sure]]) };
		const { kind, candidates } = explain([request(EDN, '6.5', 20)], { code: '8F76' }, { table });
		expect([kind, candidates.map((c) => c.tier)]).toEqual(['ambiguous', ['weak']]);
	});

	it.each([...causeTable.notCommand.keys()])('%s: no command can cause it', (key) => {
		const payload = key.startsWith('payload:') ? key.slice('payload:'.length) : null;
		const alert = payload
			? ({ kind: 'dcc', code: 'N999', dccPayload: payload } as const)
			: ({ kind: key === 'AD1' ? 'dcc' : 'device', code: key } as const);
		for (const completeUntil of [null, NOON + DAY])
			expect(explain(everything, alert, { completeUntil })).toMatchObject({
				kind: 'not-command',
				candidates: []
			});
	});
});
