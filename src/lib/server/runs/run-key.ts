// Makes the stored form of a key of an Alert (src/lib/domain/episode-rule.ts): a number of 63 bits. The highest bits are
// the place of the key's rule, so that a stored key tells its rule. The other bits are a hash of the Supplier and the key.
import { hash } from 'node:crypto';
import { EPISODE_RULES, KEY_NAMES, nameOf, type KeyName, type Rule } from '#lib/domain/episode-rule.ts';

/** A stored key of an Alert. Different Suppliers never share a key. */
export type RunKey = bigint;

const HASH_BITS = 60n;
const HASH_MASK = (1n << HASH_BITS) - 1n;

/** The last keys that many Alerts share. Keys of one home or one Device are not worth remembering. */
const remembered = new Map<string, RunKey>();
const MOST_REMEMBERED = 10_000;

export function runKey(supplierId: number, key: string): RunKey {
	const name = nameOf(key);
	if (name === 'home' || name === 'repeat') return hashOf(supplierId, key, name);
	const text = `${supplierId}|${key}`;
	let found = remembered.get(text);
	if (found === undefined) {
		if (remembered.size >= MOST_REMEMBERED) remembered.clear();
		remembered.set(text, (found = hashOf(supplierId, key, name)));
	}
	return found;
}

function hashOf(supplierId: number, key: string, name: KeyName): RunKey {
	const digest = hash('sha256', `${supplierId}|${key}`, 'buffer').readBigUInt64BE(0);
	return (BigInt(KEY_NAMES.indexOf(name)) << HASH_BITS) | (digest & HASH_MASK);
}

export const nameOfRunKey = (key: RunKey): KeyName => KEY_NAMES[Number(key >> HASH_BITS)]!;
export const ruleOfRunKey = (key: RunKey): Rule => EPISODE_RULES[nameOfRunKey(key)];
