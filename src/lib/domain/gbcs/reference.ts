// Reads the command that a GBCS Alert names, by message code. Outcomes of future-dated commands have the codes 00CA to
// 00CD and 0124. A command that is not supported has 0120. A message that was discarded or not delivered has 0114 or
// 00D5. No other Alert names a command.
import { Malformed, eui, hex, unsigned, type Octets } from './octets.ts';

export interface GbcsReference {
	/**
	 * The message code of the command, which the Alert gives or the kind of Alert implies. `null` if the message code
	 * is not known.
	 */
	messageCode: string | null;
	originatorId: string;
	/**
	 * The Device of the command, if this Device may differ from the Device that sent the Alert. `null` if the command
	 * went to the Device that sent the Alert.
	 */
	targetId: string | null;
	counter: string;
}

/**
 * Fields of the Alert's header. If the DCC relayed the command, the supplementary fields hold the User's id and
 * counter.
 */
interface ReferenceContext {
	messageCode: string;
	targetId: string;
	supplementaryId: string | null;
	supplementaryCounter: string | null;
}

/** Reads the reference from the body after code and time. Returns `null` if this kind of Alert names no command. */
export function readReference(body: Octets, context: ReferenceContext): GbcsReference | null {
	const reference = readers[context.messageCode]?.(body, context) ?? null;
	if (reference && context.supplementaryId && context.supplementaryCounter)
		return { ...reference, originatorId: context.supplementaryId, counter: context.supplementaryCounter };
	return reference;
}

type Reader = (body: Octets, context: ReferenceContext) => GbcsReference | null;

const readers: Record<string, Reader | undefined> = {
	// The outcome of a DLMS command has an octet string of message code, counter and instruction.
	'00CC': (body, context) => codeAndCounter(body.tagged(0x09, 'command reference'), 19, context),
	// The outcome of a GBZ command has a length octet, then message code, counter and instruction.
	'00CD': (body, context) =>
		codeAndCounter(body.slice(body.byte('command reference length'), 'command reference'), 14, context),
	// The outcome of a firmware activation (CS06) has only the counter.
	'00CA': (body, { targetId }) => ({
		messageCode: '0012',
		originatorId: targetId,
		targetId: null,
		counter: integer(body, 'counter').toString()
	}),
	// The outcome of a replacement of credentials (CS02b) has counter and replacement mode.
	'00CB': (body, context) => credentials(body, context, (mode) => 0x0100 + mode),
	// The outcome of a replacement of load controller credentials (CS02g) has counter and mode. Mode 0A means message
	// code 0125, mode 0B means message code 0126.
	'0124': (body, context) => credentials(body, context, (mode) => 0x011b + mode),
	'0120': (body, context) => codeAndCounter(body.tagged(0x09, 'command reference'), 10, context),
	'0114': (body) => wholeTransaction(body.tagged(0x09, 'discarded message')),
	'00D5': (body) => wholeTransaction(body.tagged(0x09, 'undelivered message'))
};

function codeAndCounter(part: Octets, size: number, { targetId }: ReferenceContext): GbcsReference {
	if (part.left !== size)
		throw new Malformed(`command reference: ${size} octets expected, ${part.left} found`);
	return {
		messageCode: hex(part.take(2, 'message code')),
		originatorId: targetId,
		targetId: null,
		counter: unsigned(part.take(8, 'counter')).toString()
	};
}

function credentials(
	body: Octets,
	{ targetId }: ReferenceContext,
	messageCode: (mode: number) => number
): GbcsReference {
	const sequence = body.tagged(0x30, 'credentials outcome');
	const counter = integer(sequence, 'counter').toString();
	const code = messageCode(Number(integer(sequence, 'replacement mode') & 0xffn));
	return { messageCode: hex([code >> 8, code & 0xff]), originatorId: targetId, targetId: null, counter };
}

const [COMMAND, RESPONSE] = [1, 2];

/**
 * Reads originator, target, flag and counter of the lost message (25 octets), which has no message code. A response has
 * the counter of its command, with originator and target exchanged. Returns `null` for a lost Alert, which names no
 * command.
 */
function wholeTransaction(part: Octets): GbcsReference | null {
	if (part.left !== 25) throw new Malformed(`lost message: 25 octets expected, ${part.left} found`);
	const from = eui(part.take(8, 'originator'));
	const to = eui(part.take(8, 'target'));
	const flag = part.byte('flag');
	const counter = unsigned(part.take(8, 'counter')).toString();
	if (flag === COMMAND) return { messageCode: null, originatorId: from, targetId: to, counter };
	return flag === RESPONSE ? { messageCode: null, originatorId: to, targetId: from, counter } : null;
}

/** Reads a non-negative ASN.1 INTEGER. A 64-bit counter needs up to nine octets. */
function integer(from: Octets, what: string): bigint {
	const value = from.tagged(0x02, what).rest();
	if (value.length === 0 || value.length > 9 || (value.length === 9 && value[0] !== 0))
		throw new Malformed(`${what}: an INTEGER of ${value.length} octets`);
	return unsigned(value);
}
