// Tests which elements of a DUIS message the reader names as dropped.
import { describe, expect, it } from 'vitest';
import { readDuis } from '#lib/server/duis/message.ts';
import { dccAlert, deviceAlert, request, response, smets1Alert } from '../support/duis-messages.ts';
import { cosemTime, dlms, signed } from '../support/gbcs-encoder.ts';

const device = '88-73-84-57-00-10-00-01';
const hub = '88-73-84-57-00-10-00-03';
const target = '90-B3-D5-1F-30-01-00-01';
const requestId = `${target}:${device}:1760000000123`;
const responseId = `${device}:${target}:7`;
const at = new Date('2026-11-05T02:14:07.000Z');
const plain = signed({ device, target, counter: 7n, messageCode: '1000' }, dlms('8F30', cosemTime(at)));

describe('the dropped elements of a message', () => {
	const droppedOf = (xml: string): string[] => {
		const reading = readDuis(Buffer.from(xml), at);
		if (!reading.ok) throw new Error(reading.reason);
		return reading.dropped.toSorted();
	};

	it('are those whose text nothing has read', () => {
		const throttled =
			'<sr:ThrottledAlertSequenceId>7</sr:ThrottledAlertSequenceId><sr:ThrottledAlertCount>42</sr:ThrottledAlertCount>';
		expect(droppedOf(response(deviceAlert('8F30', plain, throttled), { responseId }))).toEqual([
			'ThrottledAlertSequenceId'
		]);
		expect(droppedOf(response(deviceAlert('8F30', plain), { responseId }))).toEqual([]);
		expect(
			droppedOf(
				response(
					dccAlert('AD1', 'PowerOutageEvent', `<CommsHubDeviceID>${hub}</CommsHubDeviceID><Cause>x</Cause>`)
				)
			)
		).toEqual(['Cause']);
		expect(droppedOf(response(smets1Alert(device, '8F30', at.toISOString()), { responseId }))).toEqual([
			'AlertDescription'
		]);
	});

	it('are the fields of the body of a Service Request and the payload of a Service Response', () => {
		expect(
			droppedOf(
				request(
					requestId,
					'1.1.1',
					'<UpdateImportTariff><Price>1</Price><Price>2</Price><ExecutionDateTime>2026-11-06T00:00:00Z</ExecutionDateTime></UpdateImportTariff>'
				)
			)
		).toEqual(['Price', 'Price', 'ServiceReference']);
		expect(
			droppedOf(
				response('<sr:ResponseMessage><sr:GBCSPayload>AAAA</sr:GBCSPayload></sr:ResponseMessage>', {
					requestId
				})
			)
		).toEqual(['GBCSPayload']);
	});

	it('of another namespace are named without the elements inside them', () => {
		const signature =
			'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:DigestValue>x</ds:DigestValue></ds:SignedInfo></ds:Signature>';
		const xml = response(deviceAlert('8F30', plain), { responseId });
		expect(droppedOf(xml.replace('</sr:Response>', `${signature}</sr:Response>`))).toEqual(['Signature']);
	});
});
