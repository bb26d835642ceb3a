// Reads a GBCS Alert: the header, the Alert code, the Device's time and the command that the Alert names. Does not
// verify signature or MAC. Of the body, reads only the named command and the image hash. A message with an unknown body
// is marked and never refused.
import { Malformed, Octets, eui, hex, uint16, unsigned } from './octets.ts';
import { readReference, type GbcsReference } from './reference.ts';
import { cosemTime, generalizedTime, zigbeeTime } from './time.ts';

export interface GbcsAlert {
	framing: 'general-signing' | 'general-ciphering+general-signing';
	family: 'DLMS' | 'GBZ' | 'ASN.1' | 'unknown';
	messageCode: string;
	/** The EUI-64 of the Device that sent the Alert. */
	originatorId: string;
	/** The EUI-64 of the party that the Alert is addressed to. */
	targetId: string;
	/** The Device's own counter, which distinguishes new messages from redeliveries and never refers to a command. */
	originatorCounter: string;
	supplementaryRemotePartyId: string | null;
	supplementaryRemotePartyCounter: string | null;
	supplementaryOriginatorCounter: string | null;
	/** The Alert code. `null` if the family of the message is not known. */
	alertCode: string | null;
	/** The time by the Device's clock. `null` for a wildcard or an impossible date. */
	timestamp: string | null;
	timestampRaw: string | null;
	reference: GbcsReference | null;
	/** SHA-256 of the firmware image that the Alert reports. `null` if the Alert reports no image. */
	imageHash: string | null;
	/** Why a part of the message could not be read. `null` if the whole message was read. */
	unread: string | null;
}

type GbcsReading = { ok: true; alert: GbcsAlert } | { ok: false; reason: string };

const MAC_OCTETS = 12;
const ALERT_FLAG = 3;

/** Decodes one message. Never throws: for octets that are no Alert, the result holds the reason. */
export function decodeGbcsAlert(bytes: Uint8Array): GbcsReading {
	try {
		return { ok: true, alert: decode(new Octets(bytes)) };
	} catch (error) {
		if (error instanceof Malformed) return { ok: false, reason: error.message };
		throw error;
	}
}

function decode(message: Octets): GbcsAlert {
	if (message.left === 0) throw new Malformed('message: empty');
	const ciphered = message.bytes[message.at] === 0xdd;
	const signed = ciphered ? unwrap(message) : message;
	const alert = generalSigning(signed, ciphered ? 'general-ciphering+general-signing' : 'general-signing');
	if (signed.left > 0) throw new Malformed(`message: ${signed.left} octets after the signature`);
	return alert;
}

/**
 * Removes general-ciphering (0xDD), which authenticates and does not encrypt: the content is in clear text, followed by
 * the MAC.
 */
function unwrap(message: Octets): Octets {
	message.expect(0xdd, 'general-ciphering');
	for (const octet of message.take(6, 'general-ciphering header'))
		if (octet !== 0) throw new Malformed('general-ciphering header: only empty fields are known');
	const service = message.slice(message.length('ciphered service'), 'ciphered service');
	if (message.left > 0) throw new Malformed(`message: ${message.left} octets after the MAC`);
	service.expect(0x11, 'security control');
	service.take(4, 'invocation counter');
	if (service.left < MAC_OCTETS) throw new Malformed('MAC: too short');
	return new Octets(service.bytes, service.at, service.end - MAC_OCTETS);
}

/** Reads general-signing (0xDF): header, content, signature. */
function generalSigning(message: Octets, framing: GbcsAlert['framing']): GbcsAlert {
	message.expect(0xdf, 'general-signing');
	message.expect(9, 'transaction id length');
	const flag = message.byte('CRA flag');
	if (flag !== ALERT_FLAG) throw new Malformed(`CRA flag: ${flag} is no Alert`);
	const originatorCounter = unsigned(message.take(8, 'originator counter')).toString();
	message.expect(8, 'business originator length');
	const originatorId = eui(message.take(8, 'business originator'));
	message.expect(8, 'business target length');
	const targetId = eui(message.take(8, 'business target'));
	const dateTime = message.byte('date-time length');
	if (dateTime !== 0 && dateTime !== 12) throw new Malformed(`date-time: ${dateTime} octets`);
	message.take(dateTime, 'date-time');
	const other = message.slice(message.length('other information'), 'other information');
	const messageCode = hex(other.take(2, 'message code'));
	const optional = (): Uint8Array | null => (other.left >= 8 ? other.take(8, 'supplementary field') : null);
	const [partyId, partyCounter, supplementaryCounter] = [optional(), optional(), optional()];
	const content = message.slice(message.length('content'), 'content');
	const signature = message.length('signature');
	if (signature !== 0 && signature !== 64) throw new Malformed(`signature: ${signature} octets`);
	message.take(signature, 'signature');

	const supplementaryRemotePartyId = partyId && eui(partyId);
	const supplementaryRemotePartyCounter = partyCounter && unsigned(partyCounter).toString();
	const payload = readContent(content, messageCode);
	let reference: GbcsReference | null = null;
	let unread = payload.unread;
	try {
		reference =
			payload.body &&
			readReference(payload.body, {
				messageCode,
				targetId,
				supplementaryId: supplementaryRemotePartyId,
				supplementaryCounter: supplementaryRemotePartyCounter
			});
	} catch (error) {
		if (!(error instanceof Malformed)) throw error;
		unread = error.message;
	}
	return {
		framing,
		family: payload.family,
		messageCode,
		originatorId,
		targetId,
		originatorCounter,
		supplementaryRemotePartyId,
		supplementaryRemotePartyCounter,
		supplementaryOriginatorCounter: supplementaryCounter && unsigned(supplementaryCounter).toString(),
		alertCode: payload.alertCode,
		timestamp: payload.time,
		timestampRaw: payload.raw,
		reference,
		imageHash: payload.body && readImageHash(payload.body, messageCode),
		unread
	};
}

/** Reads the image hash of a receipt of a firmware image (message codes 00CE, 00CF): an octet string of 32 octets. */
function readImageHash(body: Octets, messageCode: string): string | null {
	if (messageCode !== '00CE' && messageCode !== '00CF') return null;
	try {
		const hash = body.tagged(0x09, 'image hash').rest();
		return hash.length === 32 ? hex(hash) : null;
	} catch (error) {
		if (error instanceof Malformed) return null;
		throw error;
	}
}

interface Content {
	family: GbcsAlert['family'];
	alertCode: string | null;
	time: string | null;
	raw: string | null;
	body: Octets | null;
	unread: string | null;
}

/**
 * Reads the content by its family. The first octets identify the family; the Alert code does not, because one code
 * occurs in several families.
 */
function readContent(content: Octets, messageCode: string): Content {
	const first = content.bytes.subarray(content.at, content.end);
	if (first[0] === 0x0f) return dlms(content);
	if (first[0] === 0x01 && first[1] === 0x09) return gbz(content);
	if (first[0] === 0x30) return asn1(content);
	return {
		family: 'unknown',
		alertCode: null,
		time: null,
		raw: null,
		body: null,
		unread: `the content of message code ${messageCode} is of no known family`
	};
}

function dlms(content: Octets): Content {
	content.expect(0x0f, 'data notification');
	content.take(4, 'invoke id');
	content.expect(0, 'date-time');
	content.expect(0x02, 'structure');
	content.byte('number of elements');
	content.expect(0x12, 'Alert code');
	const alertCode = hex(content.take(2, 'Alert code'));
	const raw = content.tagged(0x09, 'time').rest();
	if (raw.length !== 12) throw new Malformed(`time: ${raw.length} octets`);
	return { family: 'DLMS', alertCode, time: cosemTime(raw), raw: hex(raw), body: content, unread: null };
}

function gbz(content: Octets): Content {
	content.take(2, 'profile id');
	content.byte('number of components');
	const alertCode = hex(content.take(2, 'Alert code'));
	const raw = content.take(4, 'time');
	return { family: 'GBZ', alertCode, time: zigbeeTime(raw), raw: hex(raw), body: content, unread: null };
}

function asn1(content: Octets): Content {
	const sequence = content.tagged(0x30, 'sequence');
	const code = sequence.tagged(0x02, 'Alert code').rest();
	if (code.length < 2 || code.length > 3 || (code.length === 3 && code[0] !== 0))
		throw new Malformed(`Alert code: ${code.length} octets`);
	const raw = sequence.tagged(0x18, 'time').rest();
	const alertCode = uint16(code, code.length - 2)
		.toString(16)
		.toUpperCase()
		.padStart(4, '0');
	return {
		family: 'ASN.1',
		alertCode,
		time: generalizedTime(raw),
		raw: String.fromCharCode(...raw),
		body: sequence,
		unread: null
	};
}
