// Converts a RequestID between its text and its 24 bytes: originator (8), target (8), counter (8, big-endian).
import { splitRequestId } from '#lib/domain/service-request.ts';
import { bytesToEui, euiToBytes } from '#lib/server/postgres/eui-bytes.ts';

/** The key of a Service Request in PostgreSQL. */
export function requestKey(requestId: string): Buffer {
	const { userId, deviceId, counter } = splitRequestId(requestId);
	const key = Buffer.alloc(24);
	euiToBytes(userId).copy(key, 0);
	euiToBytes(deviceId).copy(key, 8);
	key.writeBigUInt64BE(BigInt(counter), 16);
	return key;
}

/** `originator:target:counter`. */
export const requestIdOf = (key: Buffer): string =>
	`${bytesToEui(originatorOf(key))}:${bytesToEui(targetOf(key))}:${counterOfKey(key)}`;

export const originatorOf = (key: Buffer): Buffer => key.subarray(0, 8);
export const targetOf = (key: Buffer): Buffer => key.subarray(8, 16);
/** The counter as a decimal string: it may exceed 2^53. */
export const counterOfKey = (key: Buffer): string => key.readBigUInt64BE(16).toString();

/** SQL: the counter of a key as a bigint; counters from 2^63 on are negative, as `asSigned` gives them. */
export const COUNTER_OF_KEY = `('x' || encode(substr(key, 17, 8), 'hex'))::bit(64)::bigint`;
export const asSigned = (counter: string): bigint => BigInt.asIntN(64, BigInt(counter));
