// Tests the rules for Alerts that name a command, each with its exception: when a match is exact, and which commands no
// counter can identify.
import { describe, expect, it } from 'vitest';
import type { AlertFacts } from '#lib/domain/correlation/evidence.ts';
import type { CommandReference } from '#lib/domain/command-reference.ts';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import {
	ourUser,
	hub,
	networkOperator,
	gasSupplier,
	NOON,
	SECOND_MS,
	explain,
	commandReference,
	request,
	storedCommand,
	ids
} from '../../support/evidence.ts';

const DAY = 86_400;
const COUNTER = '1760000000123';
/** A stored and executed command, with that counter unless `fields` name another one. */
const stored = (userId: string, variant: string, fields: Partial<ServiceRequest> = {}) =>
	storedCommand(userId, variant, { counter: COUNTER, ...fields });

describe('the User of the counter that an Alert names', () => {
	const bothRequests = [stored(ourUser, '6.15.1'), stored(networkOperator, '6.15.1')];
	const alertNaming = (fields: Partial<CommandReference>, recipientId: string | null = null) => ({
		code: '8F66',
		recipientId,
		reference: commandReference({ counter: COUNTER, ...fields })
	});

	it.each([
		['the User that the Alert names', alertNaming({ originatorId: ourUser }), 'exact', [ourUser]],
		[
			'the recipient of the Alert, because a Device reports an outcome to the sender',
			alertNaming({}, networkOperator),
			'exact',
			[networkOperator]
		],
		[
			'the User that the Alert names, even if another User received the Alert',
			alertNaming({ originatorId: ourUser }, networkOperator),
			'exact',
			[ourUser]
		],
		[
			'not known if the Alert has neither: both Users are shown',
			alertNaming({}),
			'ambiguous',
			[ourUser, networkOperator]
		],
		[
			'the recipient even if the audit data has no request of the recipient',
			alertNaming({}, gasSupplier),
			'ambiguous',
			[]
		]
	])('is %s', (_source, alert, kind, users) => {
		const explained = explain(bothRequests, alert);
		expect(explained.kind).toBe(kind);
		if (users.length > 0) expect(explained.candidates.map((c) => c.userId)).toEqual(users);
		else expect(explained.candidates.every((c) => c.tier === 'weak')).toBe(true);
	});

	it('is not another User with an equal counter if the audit data has no record of the recipient', () => {
		const { kind, notes } = explain(
			[stored(networkOperator, '6.15.1')],
			alertNaming({ messageCode: '0103' }, ourUser)
		);
		expect(kind).not.toBe('exact');
		expect(notes).toContain('The Alert names a command that is not in the audit data.');
	});
});

describe('a counter of an unknown User', () => {
	const counter = '18446744073709551615';
	const storedWithCounter = (userId: string, variant = '1.1.1', fields: Partial<ServiceRequest> = {}) =>
		stored(userId, variant, { counter, ...fields });
	const nextCounter = storedWithCounter(networkOperator, '1.1.1', { counter: '18446744073709551614' });
	const withoutMessageCode = { code: '8F66', reference: commandReference({ counter }) };
	const withMessageCode = { code: '8F66', reference: commandReference({ counter, messageCode: '0019' }) };

	it.each<[behaviour: string, alert: Partial<AlertFacts>, requests: ServiceRequest[], kind: string]>([
		[
			'is exact if the SRV is the named one and the time fits',
			withMessageCode,
			[storedWithCounter(ourUser)],
			'exact'
		],
		[
			'is exact although another request has the next counter',
			withMessageCode,
			[storedWithCounter(ourUser), nextCounter],
			'exact'
		],
		[
			'is exact although a request to another Device has the same counter',
			withMessageCode,
			[storedWithCounter(ourUser), storedWithCounter(networkOperator, '1.1.1', { deviceId: hub })],
			'exact'
		],
		[
			'is ambiguous if requests of two Users have the same counter',
			withMessageCode,
			[storedWithCounter(ourUser), storedWithCounter(networkOperator)],
			'ambiguous'
		],
		[
			'is only likely if the Alert names no message code',
			withoutMessageCode,
			[storedWithCounter(ourUser)],
			'likely'
		],
		[
			'is only likely if the request has no execution time',
			withMessageCode,
			[storedWithCounter(ourUser, '1.1.1', { executeAt: null })],
			'likely'
		],
		[
			'does not match a command whose execution time is on another day',
			withMessageCode,
			[storedWithCounter(ourUser, '1.1.1', { executeAt: NOON - DAY * SECOND_MS })],
			'unexplained'
		],
		[
			'does not match a command that no Device can store',
			withoutMessageCode,
			[storedWithCounter(networkOperator, '6.5')],
			'unexplained'
		],
		[
			'does not match a request of another SRV than the named one',
			withMessageCode,
			[storedWithCounter(ourUser, '1.6')],
			'ambiguous'
		],
		[
			'matches the possible request if another request is impossible',
			withMessageCode,
			[
				storedWithCounter(ourUser),
				storedWithCounter(networkOperator, '1.1.1', { executeAt: NOON + DAY * SECOND_MS })
			],
			'exact'
		]
	])('%s', (_behaviour, alert, requests, kind) => {
		const explained = explain(requests, alert);
		expect(explained.kind).toBe(kind);
		if (kind !== 'exact') expect(explained.candidates.some((c) => c.tier === 'exact')).toBe(false);
	});

	it('is shown with the reason that the Alert does not name the User', () => {
		const { candidates } = explain([storedWithCounter(ourUser)], withoutMessageCode);
		expect(candidates).toMatchObject([{ tier: 'strong' }]);
		expect(candidates[0]!.reasons[0]!.text).toContain('but not the User who sent it');
	});

	it('of an unsupported command is exact only within a day of the command', () => {
		const alert = { code: '8F85', reference: commandReference({ counter, messageCode: '0062' }) };
		const sent = (before: number) => request(ourUser, '6.11', before, { counter });
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
	])(
		'%s: the explanation says that the counter cannot identify the Service Request',
		(variant, code, messageCode) => {
			for (const originatorId of [ourUser, null]) {
				const one = stored(ourUser, variant);
				const { kind, candidates, notes } = explain([one], {
					code,
					reference: commandReference({ originatorId, counter: COUNTER, messageCode })
				});
				expect(kind).not.toBe('exact');
				expect(candidates.some((c) => c.tier === 'exact')).toBe(false);
				expect(notes).toContain(
					`The DCC issues ${variant} under its own counter, so the counter cannot identify the Service Request.`
				);
			}
		}
	);

	it('6.23 is the suspect by its SRV and its time, whatever its counter', () => {
		const gain = stored(ourUser, '6.23', { counter: '1007' });
		const reference = commandReference({ counter: '6002', messageCode: '0107' });
		const { kind, candidates } = explain([gain], { code: '8F66', reference });
		expect([kind, ids(candidates)]).toEqual(['likely', [gain.requestId]]);
	});

	it('6.23 is exact if a DCC Alert names its RequestID', () => {
		const gain = request(ourUser, '6.23', DAY);
		const reference = commandReference({ counter: null, requestId: gain.requestId });
		expect(
			explain([gain], { kind: 'dcc', code: 'N41', dccPayload: 'ChangeOfSupplier', reference }).kind
		).toBe('exact');
	});

	it('6.23 is a weak link if the Alert names a command of another SRV', () => {
		const reference = commandReference({ counter: COUNTER, messageCode: '0019' });
		const { candidates } = explain([stored(ourUser, '6.23', { counter: '1007' })], {
			code: '8F66',
			reference
		});
		expect(candidates.map((c) => c.tier)).toEqual(['weak']);
	});
});

describe('a named command that is not in the audit data', () => {
	it('leaves other requests near the Alert as weak links, and the explanation says so', () => {
		const reference = commandReference({ originatorId: ourUser, counter: '5' });
		const { kind, candidates, notes } = explain([request(networkOperator, '6.5', 20)], { reference });
		expect([kind, candidates.map((c) => c.tier)]).toEqual(['ambiguous', ['weak']]);
		expect(notes).toContain('The Alert names a command that is not in the audit data.');
	});
});
