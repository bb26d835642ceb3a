// Tests the reader of GBCS Alerts: headers, times, command references, and damaged messages.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeGbcsAlert, type GbcsAlert } from '#lib/domain/gbcs/alert.ts';
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
	withMac,
	zigbeeTime
} from '../support/gbcs-encoder.ts';
import { propertyRuns } from '../support/property-runs.ts';

const device = '88-73-84-57-00-10-00-01';
const target = '90-B3-D5-1F-30-01-00-01';
const at = new Date('2026-11-05T02:14:07.000Z');
const header = { device, target, counter: 7n };

function read(bytes: number[]): GbcsAlert {
	const reading = decodeGbcsAlert(Uint8Array.from(bytes));
	if (!reading.ok) throw new Error(reading.reason);
	return reading.alert;
}
const refused = (bytes: number[]): string => {
	const reading = decodeGbcsAlert(Uint8Array.from(bytes));
	return reading.ok ? 'taken' : reading.reason;
};

describe('the reader of GBCS headers', () => {
	const content = dlms('8F30', cosemTime(at));

	it('reads a critical Alert, which is only signed', () => {
		expect(read(signed({ ...header, messageCode: '1000' }, content))).toMatchObject({
			framing: 'general-signing',
			family: 'DLMS',
			messageCode: '1000',
			alertCode: '8F30',
			originatorId: device,
			targetId: target,
			originatorCounter: '7',
			timestamp: at.toISOString(),
			reference: null,
			unread: null
		});
	});

	it('reads a non-critical Alert, which has general-ciphering and a MAC around it', () => {
		expect(read(withMac({ ...header, messageCode: '1001' }, dlms('810E', cosemTime(at))))).toMatchObject({
			framing: 'general-ciphering+general-signing',
			alertCode: '810E'
		});
	});

	it('reads the supplementary party and its counters after a header date-time', () => {
		const supplementary = { id: '90-B3-D5-1F-30-03-00-01', counter: '200000', originatorCounter: '300000' };
		expect(
			read(signed({ ...header, messageCode: '1000', supplementary, dateTime: cosemTime(at) }, content))
		).toMatchObject({
			supplementaryRemotePartyId: supplementary.id,
			supplementaryRemotePartyCounter: '200000',
			supplementaryOriginatorCounter: '300000'
		});
	});

	it('reads a 64-bit counter exactly', () => {
		expect(
			read(signed({ ...header, counter: 18446744073709551615n, messageCode: '1000' }, content))
				.originatorCounter
		).toBe('18446744073709551615');
	});

	it.each([
		['a command', signed({ ...header, messageCode: '1000', flag: 1 }, content), /no Alert/],
		[
			'a message with one octet too many',
			[...signed({ ...header, messageCode: '1000' }, content), 0],
			/after the signature/
		],
		[
			'a message with one octet too few',
			signed({ ...header, messageCode: '1000' }, content).slice(0, -1),
			/signature/
		],
		[
			'an unknown tag',
			[0xde, ...signed({ ...header, messageCode: '1000' }, content).slice(1)],
			/DF expected/
		],
		['an empty message', [], /empty/]
	])('refuses %s', (_message, bytes, reason) => {
		expect(refused(bytes)).toMatch(reason);
	});
});

describe('the reader of the three time formats', () => {
	it.each([
		['DLMS', dlms('8F30', cosemTime(at)), at.toISOString()],
		['GBZ', gbz('8F30', zigbeeTime(at)), at.toISOString()],
		['ASN.1', asn1('8F30', generalizedTime(at)), at.toISOString()],
		['DLMS', dlms('8F30', Array<number>(12).fill(0xff)), null],
		['GBZ', gbz('8F30', octets('FFFFFFFF')), null],
		['ASN.1', asn1('8F30', generalizedTime(at).fill(0x39, 4, 8)), null]
	])('reads the time of a %s Alert, or null for a wildcard', (family, content, timestamp) => {
		expect(read(signed({ ...header, messageCode: '1000' }, content))).toMatchObject({
			family,
			alertCode: '8F30',
			timestamp
		});
	});

	it('accepts lengths that are not minimal', () => {
		expect(
			read(signed({ ...header, messageCode: '1000' }, asn1('8F66', generalizedTime(at), [], '82'))).alertCode
		).toBe('8F66');
	});
});

describe('the command that an Alert names', () => {
	const counter = 1760000000123n;
	const named = { originatorId: target, targetId: null, counter: counter.toString() };
	const instruction = octets('2328 0000 5E2C 0200 06');
	it.each<[code: string, message: string, content: number[], reference: object]>([
		[
			'8F66',
			'00CC',
			dlms('8F66', cosemTime(at), tagged(0x09, [...octets('0019'), ...uint(counter, 8), ...instruction]), 3),
			{ ...named, messageCode: '0019' }
		],
		[
			'8F67',
			'00CD',
			gbz('8F67', zigbeeTime(at), [14, ...octets('006B'), ...uint(counter, 8), ...octets('0700 09 06')], 1),
			{ ...named, messageCode: '006B' }
		],
		[
			'8F66',
			'00CA',
			asn1('8F66', generalizedTime(at), [...integer(counter), ...tagged(0x30, [])]),
			{ ...named, messageCode: '0012' }
		],
		[
			'8F66',
			'00CB',
			asn1('8F66', generalizedTime(at), tagged(0x30, [...integer(counter), ...integer(2n)], '82')),
			{ ...named, messageCode: '0102' }
		],
		[
			'8F66',
			'0124',
			asn1('8F66', generalizedTime(at), tagged(0x30, [...integer(counter), ...integer(0x0bn)])),
			{ ...named, messageCode: '0126' }
		],
		[
			'8F85',
			'0120',
			dlms('8F85', cosemTime(at), tagged(0x09, [...octets('0012'), ...uint(counter, 8)]), 3),
			{ ...named, messageCode: '0012' }
		],
		[
			'8F2C',
			'0114',
			dlms(
				'8F2C',
				cosemTime(at),
				tagged(0x09, [...octets(target), ...octets(device), 1, ...uint(counter, 8)]),
				3
			),
			{ ...named, targetId: device, messageCode: null }
		],
		[
			'8F84',
			'00D5',
			dlms(
				'8F84',
				cosemTime(at),
				tagged(0x09, [...octets(target), ...octets(device), 1, ...uint(counter, 8)]),
				3
			),
			{ ...named, targetId: device, messageCode: null }
		]
	])('is read from %s in message %s', (_code, messageCode, content, reference) => {
		expect(read(signed({ ...header, messageCode }, content)).reference).toEqual(reference);
	});

	it.each([
		['is the command of a lost response', 2, { originatorId: device, targetId: target }],
		['is null for a lost Alert', 3, null]
	])('%s', (_behaviour, flag, reference) => {
		const lost = [...octets(target), ...octets(device), flag, ...uint(counter, 8)];
		const alert = read(
			signed({ ...header, messageCode: '00D5' }, dlms('8F84', cosemTime(at), tagged(0x09, lost), 3))
		);
		expect(alert.reference).toEqual(
			reference && { ...reference, messageCode: null, counter: counter.toString() }
		);
	});

	it('has the id and counter of the User if the DCC relayed the command', () => {
		const supplementary = { id: '90-B3-D5-1F-30-03-00-01', counter: '200000' };
		const content = dlms('8F85', cosemTime(at), tagged(0x09, [...octets('0012'), ...uint(100000, 8)]), 3);
		expect(read(signed({ ...header, messageCode: '0120', supplementary }, content)).reference).toMatchObject({
			originatorId: supplementary.id,
			counter: '200000'
		});
	});

	it('is never the counter in the header, which belongs to the Device', () => {
		expect(
			read(signed({ ...header, counter, messageCode: '1000' }, dlms('8F30', cosemTime(at)))).reference
		).toBeNull();
	});

	it('is null for an unknown body, and the Alert is still read', () => {
		const alert = read(
			signed({ ...header, messageCode: '00CC' }, dlms('8F66', cosemTime(at), octets('0903 010203'), 3))
		);
		expect(alert).toMatchObject({
			alertCode: '8F66',
			reference: null,
			unread: expect.stringMatching(/19 octets expected/)
		});
		expect(read(signed({ ...header, messageCode: 'FFFF' }, octets('7F0102')))).toMatchObject({
			family: 'unknown',
			alertCode: null,
			messageCode: 'FFFF'
		});
	});
});

it('the reader returns a result and never throws, for any octets and any damage to a valid message', () => {
	const good = signed(
		{ ...header, messageCode: '00CC' },
		dlms('8F66', cosemTime(at), tagged(0x09, octets('0019 00000000000003F0 2328 00005E2C0200 06')), 3)
	);
	fc.assert(
		fc.property(
			fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 6 }),
			fc.nat(good.length),
			(damage, cut) => {
				const bytes = Uint8Array.from(good.slice(0, cut));
				for (const [i, value] of damage) if (i < bytes.length) bytes[i] = value;
				expect(typeof decodeGbcsAlert(bytes).ok).toBe('boolean');
			}
		),
		{ numRuns: propertyRuns }
	);
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
			expect(typeof decodeGbcsAlert(bytes).ok).toBe('boolean');
		}),
		{ numRuns: propertyRuns }
	);
});
