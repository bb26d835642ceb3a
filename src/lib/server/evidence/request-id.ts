// Converts a RequestID between its text and its 24 bytes: originator (8), target (8), counter (8, big-endian).
import { splitRequestId } from '#lib/domain/service-request.ts';
import { bytesToEui, euiToBytes } from '#lib/server/postgres/eui-bytes.ts';

/** Converts a RequestID to the key of its Service Request in PostgreSQL. */
export function requestKey(requestId: string): Buffer {
	const { userId, deviceId, counter } = splitRequestId(requestId);
	const key = Buffer.alloc(24);
	euiToBytes(userId).copy(key, 0);
	euiToBytes(deviceId).copy(key, 8);
	key.writeBigUInt64BE(BigInt(counter), 16);
	return key;
}

/** Converts the key of a Service Request to its RequestID: `originator:target:counter`. */
export const requestIdOf = (key: Buffer): string =>
	`${bytesToEui(originatorOf(key))}:${bytesToEui(targetOf(key))}:${counterOfKey(key)}`;

export const originatorOf = (key: Buffer): Buffer => key.subarray(0, 8);
export const targetOf = (key: Buffer): Buffer => key.subarray(8, 16);
/** Returns the counter of a key as a decimal string, because a counter may exceed 2^53. */
export const counterOfKey = (key: Buffer): string => key.readBigUInt64BE(16).toString();

/** SQL: the counter of a key as a bigint. Counters from 2^63 on are negative, like the result of `asSigned`. */
export const COUNTER_OF_KEY = `('x' || encode(substr(key, 17, 8), 'hex'))::bit(64)::bigint`;
export const asSigned = (counter: string): bigint => BigInt.asIntN(64, BigInt(counter));
