// Writes and reads a Service Request of the Redis index: a record of 38 bytes, big-endian.
//
//   Byte  Type  Field
//      0  u48   requestedAt in ms since 1970, or respondedAt if flag 1 is set
//      6  u48   executeAt in ms since 1970; 0: none
//     12  u32   delay of the response in ms; all ones: none
//     16  u64   counter
//     24  u32   route: the originator, the target if it is not the Device, and the Supplier whose key fed the record; a
//               number of the dictionary
//     28  u32   User; a number of the dictionary
//     32  u16   SRV; a number of the dictionary
//     34  u16   response code; a number of the dictionary; 0: none
//     36  u8    mode: the place in MODES
//     37  u8    flags; 1: the time of the request is not known
//
// Bytes 16 to 27 are the identity of the request. A later record with the same identity replaces the earlier record.
import { FED_BY_INSTALLATION, type Feeder } from '#lib/domain/fed-by.ts';
import type { RequestMode, ServiceRequest } from '#lib/domain/service-request.ts';
import { splitRequestId } from '#lib/domain/service-request.ts';
import type { Dictionary } from './dictionary.ts';

export const RECORD_BYTES = 38;

const MODES: readonly RequestMode[] = ['on-demand', 'future-dated-dsp', 'future-dated-device', 'scheduled'];
const NO_RESPONSE_TIME = 0xffffffff;
const FLAG_RESPONSE_ONLY = 1;

/**
 * Returns the route of a request: the originator, the target if it is not the Device, and `@` with the Supplier whose
 * key fed the record. Without `@`, the installation fed the record.
 */
export const routeOf = (request: ServiceRequest): string => {
	const { userId, deviceId } = splitRequestId(request.requestId);
	const [feeder] = request.fedBy;
	return [userId, deviceId !== request.deviceId && deviceId, feeder !== null && `@${feeder}`]
		.filter(Boolean)
		.join(' ');
};

/** Reads a route of the dictionary. `target: null`: the target is the Device. */
export function readRoute(route: string): {
	originator: string;
	target: string | null;
	fedBy: readonly Feeder[];
} {
	const [originator, ...rest] = route.split(' ') as [string, ...string[]];
	const feeder = rest.at(-1)?.startsWith('@') ? Number(rest.pop()!.slice(1)) : null;
	return { originator, target: rest[0] ?? null, fedBy: feeder === null ? FED_BY_INSTALLATION : [feeder] };
}

/** Returns the User of a request as the dictionary stores it: id, User Role and name. */
export const userOf = (request: ServiceRequest): string =>
	JSON.stringify([request.userId, request.userRole, request.userName]);

/** Writes `request` as a record at `offset`. The dictionary must have learned the values of the request before. */
export function writeRecord(
	request: ServiceRequest,
	dictionary: Dictionary,
	into: Buffer,
	offset: number
): void {
	const { requestedAt, respondedAt, executeAt, responseCode } = request;
	const start = requestedAt ?? respondedAt!;
	into.writeUIntBE(start, offset, 6);
	into.writeUIntBE(executeAt ?? 0, offset + 6, 6);
	const delay =
		requestedAt === null || respondedAt === null
			? NO_RESPONSE_TIME
			: Math.min(Math.max(respondedAt - requestedAt, 0), NO_RESPONSE_TIME - 1);
	into.writeUInt32BE(delay, offset + 12);
	into.writeBigUInt64BE(BigInt(request.counter), offset + 16);
	into.writeUInt32BE(dictionary.id('route', routeOf(request)), offset + 24);
	into.writeUInt32BE(dictionary.id('user', userOf(request)), offset + 28);
	into.writeUInt16BE(dictionary.id('variant', request.serviceReferenceVariant), offset + 32);
	into.writeUInt16BE(responseCode === null ? 0 : dictionary.id('response-code', responseCode), offset + 34);
	into.writeUInt8(MODES.indexOf(request.mode), offset + 36);
	into.writeUInt8(requestedAt === null ? FLAG_RESPONSE_ONLY : 0, offset + 37);
}

/** Reads the record at `offset` in the stored records of the Device `deviceId`. */
export function readRecord(
	deviceId: string,
	from: Buffer,
	offset: number,
	dictionary: Dictionary
): ServiceRequest {
	const start = from.readUIntBE(offset, 6);
	const executeAt = from.readUIntBE(offset + 6, 6);
	const delay = from.readUInt32BE(offset + 12);
	const counter = from.readBigUInt64BE(offset + 16).toString();
	const { originator, target, fedBy } = readRoute(dictionary.value('route', from.readUInt32BE(offset + 24)));
	const [userId, userRole, userName] = JSON.parse(
		dictionary.value('user', from.readUInt32BE(offset + 28))
	) as [string, string, string | null];
	const response = from.readUInt16BE(offset + 34);
	const responseOnly = (from.readUInt8(offset + 37) & FLAG_RESPONSE_ONLY) !== 0;
	return {
		requestId: `${originator}:${target ?? deviceId}:${counter}`,
		deviceId,
		userId,
		counter,
		serviceReferenceVariant: dictionary.value('variant', from.readUInt16BE(offset + 32)),
		userRole,
		userName,
		mode: MODES[from.readUInt8(offset + 36)] ?? 'on-demand',
		requestedAt: responseOnly ? null : start,
		executeAt: executeAt === 0 ? null : executeAt,
		respondedAt: responseOnly ? start : delay === NO_RESPONSE_TIME ? null : start + delay,
		responseCode: response === 0 ? null : dictionary.value('response-code', response),
		fedBy
	};
}

/** Returns whether the dictionary of this process knows every number in the record. */
export function isReadable(from: Buffer, offset: number, dictionary: Dictionary): boolean {
	const response = from.readUInt16BE(offset + 34);
	return (
		dictionary.has('route', from.readUInt32BE(offset + 24)) &&
		dictionary.has('user', from.readUInt32BE(offset + 28)) &&
		dictionary.has('variant', from.readUInt16BE(offset + 32)) &&
		(response === 0 || dictionary.has('response-code', response))
	);
}
