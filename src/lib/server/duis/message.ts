// Reads one DUIS message: an Alert of any form, or the header of a Service Request or Service Response. The reader
// finds elements by full path and namespace, and returns only named header fields. Signatures are not verified yet.
import { createHash } from 'node:crypto';
import { AlertIn } from '#lib/domain/alert.ts';
import { Instant } from '#lib/domain/eui64.ts';
import { decodeGbcsAlert, type GbcsAlert } from '#lib/domain/gbcs/alert.ts';
import type { GbcsReference } from '#lib/domain/gbcs/reference.ts';
import { describeVariant } from '#lib/domain/service-reference-variant.ts';
import { RequestId, ServiceRequestIn, splitRequestId } from '#lib/domain/service-request.ts';
import {
	InvalidMessage,
	checked,
	checkedFields,
	decodeBase64,
	hexCode,
	requireOrder,
	unsignedShort,
	wholeNumber
} from './checks.ts';
import { readDccAlert } from './dcc-alert.ts';
import { readSmets1Alert } from './smets1.ts';
import { child, descendants, readXml, textOf, unreadNames, type XmlElement } from './xml.ts';

export type DuisReading =
	/** A refused message. */
	| { ok: false; reason: string }
	/** `dropped`: the names of the elements whose text was not read. A name repeats for each such element. */
	| (DuisFields & { dropped: string[] });

type DuisFields =
	| { ok: true; kind: 'alert'; alert: AlertIn; gbcs: GbcsAlert | null; verified: false; notes: string[] }
	| {
			ok: true;
			kind: 'service-request' | 'service-response';
			request: ServiceRequestIn;
			verified: false;
			notes: string[];
	  }
	/** An acknowledgement (I99): the DCC has accepted a request, and there is nothing to store. */
	| { ok: true; kind: 'acknowledgement'; requestId: string | null; verified: false; notes: string[] };

/** Reads one DUIS message. A Request carries no time, so `receivedAt` becomes its `requestedAt`. */
export function readDuis(xml: Uint8Array, receivedAt: Date): DuisReading {
	const document = readXml(xml);
	if (!document.ok) return document;
	try {
		const fields = read(document.root, receivedAt);
		return { ...fields, dropped: [...unreadNames(document.root), ...document.foreign] };
	} catch (error) {
		if (error instanceof InvalidMessage) return { ok: false, reason: error.message };
		throw error;
	}
}

function read(root: XmlElement, receivedAt: Date): DuisFields {
	if (root.name !== 'Response' && root.name !== 'Request')
		throw new InvalidMessage('the root element must be Response or Request');
	if (!/^\d+(\.\d+)?$/.test(root.attributes.get('schemaVersion') ?? ''))
		throw new InvalidMessage('schemaVersion: must be a decimal number, as an attribute of the root element');
	const header = child(root, 'Header');
	if (!header) throw new InvalidMessage('Header: is missing');
	return root.name === 'Request' ? readRequest(root, header, receivedAt) : readResponse(root, header);
}

interface ResponseHeader {
	requestId: string | null;
	responseId: string | null;
	responseCode: string;
	at: string;
}

function readResponse(root: XmlElement, element: XmlElement): DuisFields {
	requireOrder(
		element,
		['RequestID', 'ResponseID', 'ResponseCode', 'ResponseDateTime'],
		['ResponseCode', 'ResponseDateTime']
	);
	const id = (name: string) => {
		const text = textOf(child(element, name));
		return text === null || text === '' || text === 'N/A' ? null : checked(RequestId, text, name);
	};
	const header: ResponseHeader = {
		requestId: id('RequestID'),
		responseId: id('ResponseID'),
		responseCode: textOf(child(element, 'ResponseCode'))!,
		at: checked(Instant, textOf(child(element, 'ResponseDateTime')), 'ResponseDateTime')
	};
	const body = child(root, 'Body');
	const [content] = body?.children ?? [];
	if (body && body.children.length > 1) throw new InvalidMessage('Body: must hold one message only');
	switch (content?.name) {
		case 'DeviceAlertMessage':
			return deviceAlert(content, header);
		case 'DCCAlertMessage':
			return dccAlert(content, header);
		case 'SMETS1ResponseMessage': {
			const smets1 = readSmets1Alert(content);
			return smets1
				? alertOf(
						{ ...smets1, deviceId: smets1.deviceId ?? deviceOf(header) },
						header,
						[smets1.code, smets1.raisedAt ?? ''],
						null,
						smets1.notes
					)
				: response(content, header);
		}
		case 'ResponseMessage': {
			const outcome = child(content, 'FutureDatedDeviceAlertMessage');
			return outcome ? futureDatedAlert(outcome, header) : response(content, header);
		}
		case undefined:
			return response(undefined, header);
		default:
			throw new InvalidMessage(`Body: unknown message ${content!.name.slice(0, 40)}`);
	}
}

function deviceAlert(element: XmlElement, header: ResponseHeader): DuisFields {
	requireOrder(
		element,
		['AlertCode', 'ThrottledAlertSequenceId', 'ThrottledAlertCount', 'GBCSPayload'],
		['AlertCode', 'GBCSPayload']
	);
	return gbcsAlert(hexCode(element, 'AlertCode'), element, header, null);
}

/**
 * Reads an Alert 8F66 or 8F67, which gives the outcome of a future-dated command. The DCC puts the RequestID of the
 * command into the header.
 */
function futureDatedAlert(element: XmlElement, header: ResponseHeader): DuisFields {
	requireOrder(
		element,
		['FutureDatedAlertCode', 'GBCSPayload', 'InstructionNumber', 'TotalCommandInstructions'],
		['FutureDatedAlertCode', 'GBCSPayload', 'InstructionNumber', 'TotalCommandInstructions']
	);
	const code = hexCode(element, 'FutureDatedAlertCode');
	if (code !== '8F66' && code !== '8F67')
		throw new InvalidMessage('FutureDatedAlertCode: must be 8F66 or 8F67');
	const instruction = {
		instruction: unsignedShort(element, 'InstructionNumber'),
		instructions: unsignedShort(element, 'TotalCommandInstructions')
	};
	return gbcsAlert(code, element, header, instruction);
}

function gbcsAlert(
	code: string,
	element: XmlElement,
	header: ResponseHeader,
	instruction: { instruction: number; instructions: number } | null
): DuisFields {
	const payload = decodeBase64(textOf(child(element, 'GBCSPayload'))!);
	const reading = decodeGbcsAlert(payload);
	if (!reading.ok) throw new InvalidMessage(`GBCSPayload: ${reading.reason}`);
	const { alert: gbcs } = reading;
	const notes: string[] = [];
	if (gbcs.unread) notes.push(gbcs.unread);
	if (gbcs.alertCode && gbcs.alertCode !== code)
		notes.push(`the GBCS payload gives another Alert code: ${gbcs.alertCode}`);
	const device = header.responseId && splitRequestId(header.responseId).userId;
	if (device && device !== gbcs.originatorId)
		notes.push(`the GBCS payload names another Device: ${gbcs.originatorId}`);
	const named = gbcs.reference;
	const reference =
		named || (instruction && header.requestId)
			? {
					originatorId: named?.originatorId ?? null,
					counter: named?.counter ?? null,
					messageCode: named?.messageCode ?? null,
					requestId: instruction ? header.requestId : fullRequestId(named),
					...instruction
				}
			: null;
	const fields = {
		deviceId: gbcs.originatorId,
		kind: 'device' as const,
		code,
		raisedAt: gbcs.timestamp,
		recipientId: gbcs.targetId,
		throttledCount: throttledCountOf(element),
		imageHash: gbcs.imageHash,
		reference
	};
	const digest = createHash('sha256').update(payload).digest('hex').slice(0, 24);
	return alertOf(fields, header, [code, digest], gbcs, notes);
}

/**
 * Returns the RequestID of the command that an Alert names. Returns `null` unless the hub reports a lost message,
 * because only such an Alert names all three parts of the RequestID.
 */
const fullRequestId = (named: GbcsReference | null): string | null =>
	named?.targetId ? `${named.originatorId}:${named.targetId}:${named.counter}` : null;

/** Reads the number of throttled Alerts; `null`: the message reports no throttled Alerts. */
function throttledCountOf(element: XmlElement): number | null {
	const text = textOf(child(element, 'ThrottledAlertCount'));
	return text === null ? null : wholeNumber(text, 4294967295, 'ThrottledAlertCount') || null;
}

function dccAlert(element: XmlElement, header: ResponseHeader): DuisFields {
	requireOrder(
		element,
		['DCCAlertCode', 'ThrottledAlertSequenceId', 'ThrottledAlertCount', 'DCCAlert'],
		['DCCAlertCode', 'DCCAlert']
	);
	const code = textOf(child(element, 'DCCAlertCode'))!;
	if (!/^(AD|N)\d{1,4}$/.test(code)) throw new InvalidMessage('DCCAlertCode: must look like N24 or AD1');
	const read = readDccAlert(code, child(element, 'DCCAlert')!);
	if (typeof read === 'string') throw new InvalidMessage(read);
	const notes = read.deviceId
		? read.notes
		: [...read.notes, 'the DCC Alert names no Device; it is stored under the sender of the message'];
	const fields = {
		deviceId: read.deviceId ?? deviceOf(header),
		kind: 'dcc' as const,
		code,
		dccPayload: read.dccPayload,
		raisedAt: read.raisedAt,
		throttledCount: throttledCountOf(element),
		reference: read.requestId ? { requestId: read.requestId } : null
	};
	return alertOf(
		fields,
		header,
		[code, read.dccPayload, read.deviceId ?? '', read.requestId ?? '', read.raisedAt ?? ''],
		null,
		notes
	);
}

function deviceOf({ responseId }: ResponseHeader): string {
	if (!responseId) throw new InvalidMessage('ResponseID: is missing, and no other field names the Device');
	return splitRequestId(responseId).userId;
}

/**
 * Builds the reading of an Alert. `identity`: fields that tell this message from another message with the same
 * ResponseID. A redelivery of the message repeats all of these fields.
 */
function alertOf(
	fields: Record<string, unknown>,
	header: ResponseHeader,
	identity: readonly string[],
	gbcs: GbcsAlert | null,
	notes: string[]
): DuisFields {
	const recipientId =
		fields['recipientId'] ?? (header.responseId && splitRequestId(header.responseId).deviceId);
	const id = [header.responseId ?? header.at, ...identity].join(' ');
	const messageId = `duis:${createHash('sha256').update(id).digest('hex').slice(0, 40)}`;
	const alert = checkedFields(AlertIn, { ...fields, recipientId, receivedAt: header.at, messageId });
	return { ok: true, kind: 'alert', alert, gbcs, verified: false, notes };
}

/**
 * Reads the header of a Service Response, which completes the stored Service Request. Only the SRV is read from the
 * content of the response.
 */
function response(
	content: XmlElement | undefined,
	{ requestId, responseCode, at }: ResponseHeader
): DuisFields {
	if (responseCode === 'I99' && !content)
		return { ok: true, kind: 'acknowledgement', requestId, verified: false, notes: [] };
	if (!requestId) throw new InvalidMessage('RequestID: is missing; a message without an Alert needs it');
	const serviceReferenceVariant = textOf(child(content, 'ServiceReferenceVariant'));
	const request = checkedFields(ServiceRequestIn, {
		requestId,
		serviceReferenceVariant: serviceReferenceVariant || null,
		respondedAt: at,
		responseCode
	});
	return { ok: true, kind: 'service-response', request, verified: false, notes: [] };
}

function readRequest(root: XmlElement, header: XmlElement, receivedAt: Date): DuisFields {
	const variant = textOf(child(header, 'ServiceReferenceVariant'));
	const body = child(root, 'Body');
	if (!body) throw new InvalidMessage('Body: is missing');
	const execution = [...descendants(body)].find((element) => element.name === 'ExecutionDateTime');
	const executeAt = execution ? checked(Instant, textOf(execution), 'ExecutionDateTime') : null;
	const futureDated = describeVariant(variant ?? '').futureDated;
	const request = checkedFields(ServiceRequestIn, {
		requestId: textOf(child(header, 'RequestID')) ?? '',
		serviceReferenceVariant: variant,
		commandVariant: textOf(child(header, 'CommandVariant')),
		requestedAt: receivedAt.toISOString(),
		executeAt,
		mode:
			executeAt === null
				? 'on-demand'
				: futureDated === 'device' || futureDated === 'both'
					? 'future-dated-device'
					: 'future-dated-dsp'
	});
	return { ok: true, kind: 'service-request', request, verified: false, notes: [] };
}
