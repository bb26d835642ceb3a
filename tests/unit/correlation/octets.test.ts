// Tests Alerts that name their command, from octets to explanation: all layouts of a command reference.
import { describe, expect, it } from 'vitest';
import type { AlertFacts } from '#lib/domain/correlation/evidence.ts';
import { decodeGbcsAlert } from '#lib/domain/gbcs/alert.ts';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import {
	ourUser,
	hub,
	dcc,
	electricityMeter,
	networkOperator,
	gasMeter,
	gasSupplier,
	NOON,
	consumerService,
	explain,
	commandReference,
	request,
	storedCommand,
	ids
} from '../../support/evidence.ts';
import {
	asn1,
	cosemTime,
	dlms,
	gbz,
	generalizedTime,
	integer,
	octets,
	signed,
	tagged,
	uint,
	zigbeeTime
} from '../../support/gbcs-encoder.ts';

const DAY = 86_400;
const COUNTER = '1760000000123';
const at = new Date(NOON);
/** Makes a stored and executed command with the counter `COUNTER`. */
const stored = (userId: string, variant: string) => storedCommand(userId, variant, { counter: COUNTER });
/** Makes a command of another User that has the counter `COUNTER` by coincidence. */
const sameCounterOf = (userId: string) => request(userId, '4.10', 40, { counter: COUNTER });

interface Wire {
	messageCode: string;
	content: number[];
	deviceId?: string;
	target?: string;
	supplementary?: { id: string; counter: string };
}

/** Reads the facts of an Alert that arrives as octets. */
function readFromWire({
	messageCode,
	content,
	deviceId = electricityMeter,
	target = ourUser,
	supplementary
}: Wire) {
	const header = { device: deviceId, target, counter: COUNTER, messageCode };
	const reading = decodeGbcsAlert(
		Uint8Array.from(signed(supplementary ? { ...header, supplementary } : header, content))
	);
	if (!reading.ok) throw new Error(reading.reason);
	const { reference, alertCode, targetId } = reading.alert;
	return {
		deviceId,
		code: alertCode!,
		recipientId: targetId,
		reference:
			reference &&
			commandReference({
				originatorId: reference.originatorId,
				counter: reference.counter,
				messageCode: reference.messageCode,
				requestId:
					reference.targetId && `${reference.originatorId}:${reference.targetId}:${reference.counter}`
			})
	} satisfies Partial<AlertFacts>;
}

const counterOctets = uint(COUNTER, 8);
const instruction = octets('2328 00005E2C0200 06');
const outcome = (code: string, messageCode: string) =>
	dlms(code, cosemTime(at), tagged(0x09, [...octets(messageCode), ...counterOctets, ...instruction]), 3);
const undelivered = (code: string, from: string, to: string) =>
	dlms(code, cosemTime(at), tagged(0x09, [...octets(from), ...octets(to), 1, ...counterOctets]), 3);
const replaced = (mode: bigint) =>
	asn1('8F66', generalizedTime(at), tagged(0x30, [...integer(BigInt(COUNTER)), ...integer(mode)]));
const unsupported = dlms('8F85', cosemTime(at), tagged(0x09, [...octets('0062'), ...counterOctets]), 3);

describe('the command that an Alert names, whatever its age and whatever else is nearer in time', () => {
	it.each<[layout: string, wire: Wire, named: ServiceRequest]>([
		[
			'8F66 in 00CC (DLMS)',
			{ messageCode: '00CC', content: outcome('8F66', '0019') },
			stored(ourUser, '1.1.1')
		],
		[
			'8F67 in 00CC (DLMS)',
			{ messageCode: '00CC', content: outcome('8F67', '0019') },
			stored(ourUser, '1.1.1')
		],
		[
			'8F67 in 00CD (GBZ)',
			{
				messageCode: '00CD',
				content: gbz(
					'8F67',
					zigbeeTime(at),
					[14, ...octets('006B'), ...counterOctets, ...octets('0700 09 06')],
					1
				)
			},
			stored(ourUser, '1.1.1')
		],
		[
			'8F66 in 00CA (firmware; 0012 implied)',
			{
				messageCode: '00CA',
				content: asn1('8F66', generalizedTime(at), [...integer(BigInt(COUNTER)), ...tagged(0x30, [])])
			},
			stored(ourUser, '11.3')
		],
		[
			'8F66 in 00CB (credentials; 0102 implied by mode 2)',
			{ messageCode: '00CB', content: replaced(2n) },
			stored(ourUser, '6.15.1')
		],
		[
			'8F66 in 0124 (load controller credentials; 0126 implied by mode 0B)',
			{ messageCode: '0124', content: replaced(0x0bn) },
			stored(ourUser, '6.15.1')
		],
		[
			'8F85 in 0120',
			{ messageCode: '0120', content: unsupported },
			request(ourUser, '6.11', 30, { counter: COUNTER })
		],
		[
			'8F84 of the hub in 00D5',
			{
				messageCode: '00D5',
				content: undelivered('8F84', networkOperator, electricityMeter),
				deviceId: hub,
				target: dcc
			},
			request(networkOperator, '6.5', 300, { counter: COUNTER })
		],
		[
			'8F2C of the hub in 0114',
			{
				messageCode: '0114',
				content: undelivered('8F2C', gasSupplier, gasMeter),
				deviceId: hub,
				target: dcc
			},
			request(gasSupplier, '4.6.1', 30, { counter: COUNTER, deviceId: gasMeter })
		]
	])('is found for %s', (_layout, wire, named) => {
		const ours = [{ supplierId: 1, from: 0, to: null }];
		const home = new Map([
			[electricityMeter, { deviceType: 'ESME', tenures: ours }],
			[gasMeter, { deviceType: 'GSME', tenures: ours }],
			[hub, { deviceType: 'CHF', tenures: ours }]
		]);
		const explained = explain(
			[named, request(networkOperator, '6.5', 5), sameCounterOf(consumerService)],
			readFromWire(wire),
			{ home }
		);
		expect([explained.kind, ids(explained.candidates)]).toEqual(['exact', [named.requestId]]);
		expect(explained.candidates[0]!.tier).toBe('exact');
	});

	it.each([
		['CommandFailure', 'N13', '7.2'],
		['UpdateHANDeviceLogResult', 'N24', '8.11'],
		['FirmwareDistributionFailure', 'N18', '11.1'],
		['ChangeOfSupplier', 'N41', '6.23'],
		['QuarantinedRequest', 'N52', '6.4.1'],
		['DualBandCHAlert', 'N58', '6.28']
	])('is found for the DCC Alert %s by its RequestID', (dccPayload, code, variant) => {
		const named = request(ourUser, variant, 3 * DAY);
		const reference = commandReference({ counter: null, requestId: named.requestId });
		const alert = { kind: 'dcc', code, dccPayload, reference } as const;
		expect(explain([named, request(ourUser, variant, 5)], alert)).toMatchObject({
			kind: 'exact',
			candidates: [{ requestId: named.requestId, tier: 'exact' }]
		});
	});

	it('is found by the counter of the User, not of the DCC, if the DCC relayed the command', () => {
		const supplementary = { id: consumerService, counter: '200000' };
		const named = request(consumerService, '6.11', 30, { counter: '200000' });
		const alert = readFromWire({ messageCode: '0120', content: unsupported, target: dcc, supplementary });
		expect(explain([named, request(ourUser, '6.11', 20, { counter: COUNTER })], alert)).toMatchObject({
			kind: 'exact',
			candidates: [{ requestId: named.requestId }]
		});
	});

	it('is never found by the counter in the header of the Alert, which belongs to the Device', () => {
		const alert = readFromWire({ messageCode: '1000', content: dlms('8F30', cosemTime(at)) });
		expect(alert.reference).toBeNull();
		expect(explain([sameCounterOf(ourUser)], alert).kind).toBe('unexplained');
	});
});
