// Alerts that name their command, as octets, through the reader and correlation: all layouts of a command reference.
import { describe, expect, it } from 'vitest';
import type { AlertFacts } from '#lib/domain/correlation/evidence.ts';
import { decodeGbcsAlert } from '#lib/domain/gbcs/alert.ts';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import {
	BRW,
	C1,
	DCC,
	E1,
	EDN,
	G1,
	HAL,
	NOON,
	OUC,
	explain,
	naming,
	request,
	stored as storedCommand
} from '../support/evidence.ts';
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
} from '../support/gbcs-encoder.ts';

const DAY = 86_400;
const COUNTER = '1760000000123';
const at = new Date(NOON);
/** A command held and run with that number. */
const stored = (userId: string, variant: string) => storedCommand(userId, variant, { counter: COUNTER });
const ids = (list: ReadonlyArray<{ requestId: string }>) => list.map((item) => item.requestId);
/** The same number, of a command that nothing was to be heard of. */
const chance = (userId: string) => request(userId, '4.10', 40, { counter: COUNTER });

interface Wire {
	messageCode: string;
	content: number[];
	deviceId?: string;
	target?: string;
	supplementary?: { id: string; counter: string };
}

/** The facts of an Alert that comes as octets. */
function readFromWire({ messageCode, content, deviceId = E1, target = BRW, supplementary }: Wire) {
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
			naming({
				originatorId: reference.originatorId,
				counter: reference.counter,
				messageCode: reference.messageCode,
				requestId:
					reference.targetId && `${reference.originatorId}:${reference.targetId}:${reference.counter}`
			})
	} satisfies Partial<AlertFacts>;
}

const number = uint(COUNTER, 8);
const instruction = octets('2328 00005E2C0200 06');
const outcome = (code: string, messageCode: string) =>
	dlms(code, cosemTime(at), tagged(0x09, [...octets(messageCode), ...number, ...instruction]), 3);
const lost = (code: string, from: string, to: string) =>
	dlms(code, cosemTime(at), tagged(0x09, [...octets(from), ...octets(to), 1, ...number]), 3);
const replaced = (mode: bigint) =>
	asn1('8F66', generalizedTime(at), tagged(0x30, [...integer(BigInt(COUNTER)), ...integer(mode)]));
const unsupported = dlms('8F85', cosemTime(at), tagged(0x09, [...octets('0062'), ...number]), 3);

describe('an Alert that names its command leads to it, however old it is and whatever stands nearer', () => {
	it.each<[what: string, wire: Wire, named: ServiceRequest]>([
		['8F66 in 00CC (DLMS)', { messageCode: '00CC', content: outcome('8F66', '0019') }, stored(BRW, '1.1.1')],
		['8F67 in 00CC (DLMS)', { messageCode: '00CC', content: outcome('8F67', '0019') }, stored(BRW, '1.1.1')],
		[
			'8F67 in 00CD (GBZ)',
			{
				messageCode: '00CD',
				content: gbz('8F67', zigbeeTime(at), [14, ...octets('006B'), ...number, ...octets('0700 09 06')], 1)
			},
			stored(BRW, '1.1.1')
		],
		[
			'8F66 in 00CA (firmware; 0012 implied)',
			{
				messageCode: '00CA',
				content: asn1('8F66', generalizedTime(at), [...integer(BigInt(COUNTER)), ...tagged(0x30, [])])
			},
			stored(BRW, '11.3')
		],
		[
			'8F66 in 00CB (credentials; 0102 implied by mode 2)',
			{ messageCode: '00CB', content: replaced(2n) },
			stored(BRW, '6.15.1')
		],
		[
			'8F66 in 0124 (load controller credentials; 0126 implied by mode 0B)',
			{ messageCode: '0124', content: replaced(0x0bn) },
			stored(BRW, '6.15.1')
		],
		[
			'8F85 in 0120',
			{ messageCode: '0120', content: unsupported },
			request(BRW, '6.11', 30, { counter: COUNTER })
		],
		[
			'8F84 of the hub in 00D5',
			{ messageCode: '00D5', content: lost('8F84', EDN, E1), deviceId: C1, target: DCC },
			request(EDN, '6.5', 300, { counter: COUNTER })
		],
		[
			'8F2C of the hub in 0114',
			{ messageCode: '0114', content: lost('8F2C', HAL, G1), deviceId: C1, target: DCC },
			request(HAL, '4.6.1', 30, { counter: COUNTER, deviceId: G1 })
		]
	])('%s', (_what, wire, named) => {
		const ours = [{ supplierId: 1, from: 0, to: null }];
		const home = new Map([
			[E1, { deviceType: 'ESME', tenures: ours }],
			[G1, { deviceType: 'GSME', tenures: ours }],
			[C1, { deviceType: 'CHF', tenures: ours }]
		]);
		const explained = explain([named, request(EDN, '6.5', 5), chance(OUC)], readFromWire(wire), { home });
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
	])('DCC Alert %s by its RequestID', (dccPayload, code, variant) => {
		const named = request(BRW, variant, 3 * DAY);
		const reference = naming({ counter: null, requestId: named.requestId });
		const alert = { kind: 'dcc', code, dccPayload, reference } as const;
		expect(explain([named, request(BRW, variant, 5)], alert)).toMatchObject({
			kind: 'exact',
			candidates: [{ requestId: named.requestId, tier: 'exact' }]
		});
	});

	it('by the counter of the User where the DCC relayed the command, not by its own', () => {
		const supplementary = { id: OUC, counter: '200000' };
		const named = request(OUC, '6.11', 30, { counter: '200000' });
		const alert = readFromWire({ messageCode: '0120', content: unsupported, target: DCC, supplementary });
		expect(explain([named, request(BRW, '6.11', 20, { counter: COUNTER })], alert)).toMatchObject({
			kind: 'exact',
			candidates: [{ requestId: named.requestId }]
		});
	});

	it('never by the counter in its own header, which is the Device’s', () => {
		const alert = readFromWire({ messageCode: '1000', content: dlms('8F30', cosemTime(at)) });
		expect(alert.reference).toBeNull();
		expect(explain([chance(BRW)], alert).kind).toBe('unexplained');
	});
});
