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

describe('headers and wrappers', () => {
	const content = dlms('8F30', cosemTime(at));

	it('reads a critical Alert: signed, nothing round it', () => {
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

	it('reads a non-critical Alert: the same inside general-ciphering, with a MAC', () => {
		expect(read(withMac({ ...header, messageCode: '1001' }, dlms('810E', cosemTime(at))))).toMatchObject({
			framing: 'general-ciphering+general-signing',
			alertCode: '810E'
		});
	});

	it('keeps the supplementary party and its counters, and a header date-time', () => {
		const supplementary = { id: '90-B3-D5-1F-30-03-00-01', counter: '200000', originatorCounter: '300000' };
		expect(
			read(signed({ ...header, messageCode: '1000', supplementary, dateTime: cosemTime(at) }, content))
		).toMatchObject({
			supplementaryRemotePartyId: supplementary.id,
			supplementaryRemotePartyCounter: '200000',
			supplementaryOriginatorCounter: '300000'
		});
	});

	it('keeps a counter of 64 bits exactly', () => {
		expect(
			read(signed({ ...header, counter: 18446744073709551615n, messageCode: '1000' }, content))
				.originatorCounter
		).toBe('18446744073709551615');
	});

	it.each([
		['a command', signed({ ...header, messageCode: '1000', flag: 1 }, content), /no Alert/],
		[
			'one octet too many',
			[...signed({ ...header, messageCode: '1000' }, content), 0],
			/after the signature/
		],
		['one octet too few', signed({ ...header, messageCode: '1000' }, content).slice(0, -1), /signature/],
		['another tag', [0xde, ...signed({ ...header, messageCode: '1000' }, content).slice(1)], /DF expected/],
		['nothing', [], /empty/]
	])('refuses %s', (_what, bytes, reason) => {
		expect(refused(bytes)).toMatch(reason);
	});
});

describe('the three ways to write a time', () => {
	it.each([
		['DLMS', dlms('8F30', cosemTime(at)), at.toISOString()],
		['GBZ', gbz('8F30', zigbeeTime(at)), at.toISOString()],
		['ASN.1', asn1('8F30', generalizedTime(at)), at.toISOString()],
		['DLMS', dlms('8F30', Array<number>(12).fill(0xff)), null],
		['GBZ', gbz('8F30', octets('FFFFFFFF')), null],
		['ASN.1', asn1('8F30', generalizedTime(at).fill(0x39, 4, 8)), null]
	])('%s', (family, content, timestamp) => {
		expect(read(signed({ ...header, messageCode: '1000' }, content))).toMatchObject({
			family,
			alertCode: '8F30',
			timestamp
		});
	});

	it('takes lengths that are not minimal', () => {
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
	])('%s in message %s', (_code, messageCode, content, reference) => {
		expect(read(signed({ ...header, messageCode }, content)).reference).toEqual(reference);
	});

	it.each([
		['a response was lost: its command', 2, { originatorId: device, targetId: target }],
		['an Alert was lost: none', 3, null]
	])('%s', (_what, flag, reference) => {
		const lost = [...octets(target), ...octets(device), flag, ...uint(counter, 8)];
		const alert = read(
			signed({ ...header, messageCode: '00D5' }, dlms('8F84', cosemTime(at), tagged(0x09, lost), 3))
		);
		expect(alert.reference).toEqual(
			reference && { ...reference, messageCode: null, counter: counter.toString() }
		);
	});

	it("is the User's own where the DCC relayed the command", () => {
		const supplementary = { id: '90-B3-D5-1F-30-03-00-01', counter: '200000' };
		const content = dlms('8F85', cosemTime(at), tagged(0x09, [...octets('0012'), ...uint(100000, 8)]), 3);
		expect(read(signed({ ...header, messageCode: '0120', supplementary }, content)).reference).toMatchObject({
			originatorId: supplementary.id,
			counter: '200000'
		});
	});

	it('is never the counter in the header, which is the Device’s own', () => {
		expect(
			read(signed({ ...header, counter, messageCode: '1000' }, dlms('8F30', cosemTime(at)))).reference
		).toBeNull();
	});

	it('marks a body that is new, and keeps the Alert', () => {
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

it('gives an answer, never an exception, for any octets and any damage to good ones', () => {
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
		{ numRuns: 10_000 }
	);
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
			expect(typeof decodeGbcsAlert(bytes).ok).toBe('boolean');
		}),
		{ numRuns: 5000 }
	);
});
