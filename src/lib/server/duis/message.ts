// One DUIS message, by full path and namespace: Alerts of every form, and the headers of Service Requests and Responses.
// Only named header fields leave here; signatures are not verified yet.
import { createHash } from 'node:crypto';
import { AlertIn } from '#lib/domain/alert.ts';
import { Instant } from '#lib/domain/eui64.ts';
import { decodeGbcsAlert, type GbcsAlert } from '#lib/domain/gbcs/alert.ts';
import type { GbcsReference } from '#lib/domain/gbcs/reference.ts';
import { describeVariant } from '#lib/domain/service-reference-variant.ts';
import { RequestId, ServiceRequestIn, splitRequestId } from '#lib/domain/service-request.ts';
import { Unfit, checked, decodeBase64, hexCode, requireOrder, short, whole } from './checks.ts';
import { readDccAlert } from './dcc-alert.ts';
import { readSmets1Alert } from './smets1.ts';
import { child, descendants, readXml, textOf, type XmlElement } from './xml.ts';

export type DuisReading =
	| { ok: false; reason: string; hostile?: boolean }
	| { ok: true; kind: 'alert'; alert: AlertIn; gbcs: GbcsAlert | null; verified: false; notes: string[] }
	| {
			ok: true;
			kind: 'service-request' | 'service-response';
			request: ServiceRequestIn;
			verified: false;
			notes: string[];
	  }
	/** I99: the DCC has taken a request; there is nothing to keep. */
	| { ok: true; kind: 'acknowledgement'; requestId: string | null; verified: false; notes: string[] };

/** Reads one message. `receivedAt` stands for the time of a Request, which carries none. */
export function readDuis(xml: Uint8Array, receivedAt: Date): DuisReading {
	const document = readXml(xml);
	if (!document.ok) return document;
	try {
		return read(document.root, receivedAt);
	} catch (error) {
		if (error instanceof Unfit) return { ok: false, reason: error.message };
		throw error;
	}
}

function read(root: XmlElement, receivedAt: Date): DuisReading {
	if (root.name !== 'Response' && root.name !== 'Request')
		throw new Unfit(`the root element must be Response or Request`);
	if (!/^\d+(\.\d+)?$/.test(root.attributes.get('schemaVersion') ?? ''))
		throw new Unfit('schemaVersion: a decimal attribute is required');
	const header = child(root, 'Header');
	if (!header) throw new Unfit('Header: is missing');
	return root.name === 'Request' ? readRequest(root, header, receivedAt) : readResponse(root, header);
}

interface ResponseHeader {
	requestId: string | null;
	responseId: string | null;
	responseCode: string;
	at: string;
}

function readResponse(root: XmlElement, element: XmlElement): DuisReading {
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
	if (body && body.children.length > 1) throw new Unfit('Body: has more than one message');
	switch (content?.name) {
		case 'DeviceAlertMessage':
			return deviceAlert(content, header);
		case 'DCCAlertMessage':
			return dccAlert(content, header);
		case 'SMETS1ResponseMessage': {
			const smets1 = readSmets1Alert(content);
			return smets1
				? alertOf(
						{ ...smets1, raisedAt: smets1.raisedAt, deviceId: smets1.deviceId ?? deviceOf(header) },
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
			throw new Unfit(`Body: ${content!.name.slice(0, 40)} is no known message`);
	}
}

function deviceAlert(element: XmlElement, header: ResponseHeader): DuisReading {
	requireOrder(
		element,
		['AlertCode', 'ThrottledAlertSequenceId', 'ThrottledAlertCount', 'GBCSPayload'],
		['AlertCode', 'GBCSPayload']
	);
	return gbcsAlert(hexCode(element, 'AlertCode'), element, header, null);
}

/** 8F66 and 8F67: the DCC has found the request already, and names it in the header. */
function futureDatedAlert(element: XmlElement, header: ResponseHeader): DuisReading {
	requireOrder(
		element,
		['FutureDatedAlertCode', 'GBCSPayload', 'InstructionNumber', 'TotalCommandInstructions'],
		['FutureDatedAlertCode', 'GBCSPayload', 'InstructionNumber', 'TotalCommandInstructions']
	);
	const code = hexCode(element, 'FutureDatedAlertCode');
	if (code !== '8F66' && code !== '8F67') throw new Unfit('FutureDatedAlertCode: must be 8F66 or 8F67');
	const instruction = {
		instruction: short(element, 'InstructionNumber'),
		instructions: short(element, 'TotalCommandInstructions')
	};
	return gbcsAlert(code, element, header, instruction);
}

function gbcsAlert(
	code: string,
	element: XmlElement,
	header: ResponseHeader,
	instruction: { instruction: number; instructions: number } | null
): DuisReading {
	const payload = decodeBase64(textOf(child(element, 'GBCSPayload'))!);
	const reading = decodeGbcsAlert(payload);
	if (!reading.ok) throw new Unfit(`GBCSPayload: ${reading.reason}`);
	const { alert: gbcs } = reading;
	const notes: string[] = [];
	if (gbcs.unread) notes.push(gbcs.unread);
	if (gbcs.alertCode && gbcs.alertCode !== code) notes.push(`the payload says Alert code ${gbcs.alertCode}`);
	const device = header.responseId && splitRequestId(header.responseId).userId;
	if (device && device !== gbcs.originatorId) notes.push(`the payload is of Device ${gbcs.originatorId}`);
	const named = gbcs.reference;
	const reference =
		named || (instruction && header.requestId)
			? {
					originatorId: named?.originatorId ?? null,
					counter: named?.counter ?? null,
					messageCode: named?.messageCode ?? null,
					requestId: instruction ? header.requestId : wholeRequestId(named),
					...instruction
				}
			: null;
	const throttled = textOf(child(element, 'ThrottledAlertCount'));
	const fields = {
		deviceId: gbcs.originatorId,
		kind: 'device' as const,
		code,
		raisedAt: gbcs.timestamp,
		recipientId: gbcs.targetId,
		throttledCount: throttled === null ? null : whole(throttled, 4294967295, 'ThrottledAlertCount') || null,
		imageHash: gbcs.imageHash,
		reference
	};
	const digest = createHash('sha256').update(payload).digest('hex').slice(0, 24);
	return alertOf(fields, header, [code, digest], gbcs, notes);
}

/** Of a message that was lost, the hub names all three parts of its RequestID. */
const wholeRequestId = (named: GbcsReference | null): string | null =>
	named?.targetId ? `${named.originatorId}:${named.targetId}:${named.counter}` : null;

function dccAlert(element: XmlElement, header: ResponseHeader): DuisReading {
	requireOrder(
		element,
		['DCCAlertCode', 'ThrottledAlertSequenceId', 'ThrottledAlertCount', 'DCCAlert'],
		['DCCAlertCode', 'DCCAlert']
	);
	const code = textOf(child(element, 'DCCAlertCode'))!;
	if (!/^(AD|N)\d{1,4}$/.test(code)) throw new Unfit('DCCAlertCode: must look like N24 or AD1');
	const read = readDccAlert(code, child(element, 'DCCAlert')!);
	if (typeof read === 'string') throw new Unfit(read);
	const throttled = textOf(child(element, 'ThrottledAlertCount'));
	const notes = read.deviceId
		? read.notes
		: [...read.notes, 'names no Device: kept under the sender of the message'];
	const fields = {
		deviceId: read.deviceId ?? deviceOf(header),
		kind: 'dcc' as const,
		code,
		dccPayload: read.dccPayload,
		raisedAt: read.raisedAt,
		throttledCount: throttled === null ? null : whole(throttled, 4294967295, 'ThrottledAlertCount') || null,
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
	if (!responseId) throw new Unfit('ResponseID: is missing, and nothing else names the Device');
	return splitRequestId(responseId).userId;
}

/** `identity`: what tells this message from another under the same ResponseID; a redelivery repeats all of it. */
function alertOf(
	fields: Record<string, unknown>,
	header: ResponseHeader,
	identity: readonly string[],
	gbcs: GbcsAlert | null,
	notes: string[]
): DuisReading {
	const recipientId =
		fields['recipientId'] ?? (header.responseId && splitRequestId(header.responseId).deviceId);
	const id = [header.responseId ?? header.at, ...identity].join(' ');
	const messageId = `duis:${createHash('sha256').update(id).digest('hex').slice(0, 40)}`;
	const result = AlertIn.safeParse({ ...fields, recipientId, receivedAt: header.at, messageId });
	if (!result.success)
		throw new Unfit(
			result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
		);
	return { ok: true, kind: 'alert', alert: result.data, gbcs, verified: false, notes };
}

/** A Service Response completes the record of its request; nothing of its content is read. */
function response(
	content: XmlElement | undefined,
	{ requestId, responseCode, at }: ResponseHeader
): DuisReading {
	if (responseCode === 'I99' && !content)
		return { ok: true, kind: 'acknowledgement', requestId, verified: false, notes: [] };
	if (!requestId) throw new Unfit('RequestID: is missing, and the message holds no Alert');
	const serviceReferenceVariant = textOf(child(content, 'ServiceReferenceVariant'));
	const request = ServiceRequestIn.safeParse({
		requestId,
		serviceReferenceVariant: serviceReferenceVariant || null,
		respondedAt: at,
		responseCode
	});
	if (!request.success)
		throw new Unfit(
			request.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
		);
	return { ok: true, kind: 'service-response', request: request.data, verified: false, notes: [] };
}

function readRequest(root: XmlElement, header: XmlElement, receivedAt: Date): DuisReading {
	const variant = textOf(child(header, 'ServiceReferenceVariant'));
	const body = child(root, 'Body');
	if (!body) throw new Unfit('Body: is missing');
	const execution = [...descendants(body)].find((element) => element.name === 'ExecutionDateTime');
	const executeAt = execution ? checked(Instant, textOf(execution), 'ExecutionDateTime') : null;
	const held = describeVariant(variant ?? '').futureDated;
	const request = ServiceRequestIn.safeParse({
		requestId: textOf(child(header, 'RequestID')) ?? '',
		serviceReferenceVariant: variant,
		commandVariant: textOf(child(header, 'CommandVariant')),
		requestedAt: receivedAt.toISOString(),
		executeAt,
		mode:
			executeAt === null
				? 'on-demand'
				: held === 'device' || held === 'both'
					? 'future-dated-device'
					: 'future-dated-dsp'
	});
	if (!request.success)
		throw new Unfit(
			request.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
		);
	return { ok: true, kind: 'service-request', request: request.data, verified: false, notes: [] };
}
