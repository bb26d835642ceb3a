// Decides to which addresses Causeway may connect for people who enter an address, such as that of a channel. The check and the connection use the same address, so that a name
// cannot change its address in between.
import { lookup as resolve, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Nobody's receiver: addresses of one link, where clouds serve the credentials of a machine. */
const NEVER = new BlockList();
NEVER.addSubnet('169.254.0.0', 16, 'ipv4');
NEVER.addSubnet('fe80::', 10, 'ipv6');
NEVER.addAddress('fd00:ec2::254', 'ipv6');

/** A target that Causeway refuses. The message says why, without the address. */
export class RefusedTarget extends Error {}

/** The receivers that the setting ON_CALL_TARGETS allows. Both lists empty: all. */
export interface AllowedTargets {
	/** Host names in lower case. `*.example.com` stands for every name under example.com. */
	names: readonly string[];
	blocks: readonly (readonly [address: string, prefix: number])[];
}

/** Parses the setting ON_CALL_TARGETS. Returns `null` for a text that is no list of hosts and CIDR blocks. */
export function parseTargets(items: readonly string[]): AllowedTargets | null {
	const names: string[] = [];
	const blocks: [string, number][] = [];
	for (const item of items) {
		const [address = '', prefix, ...more] = item.split('/');
		const bits = { 0: 0, 4: 32, 6: 128 }[isIP(address)]!;
		if (bits > 0) {
			const length = prefix === undefined ? bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1;
			if (length < 0 || length > bits || more.length > 0) return null;
			blocks.push([address, length]);
		} else if (/^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i.test(item)) names.push(item.toLowerCase());
		else return null;
	}
	return { names, blocks };
}

export type Targets = ReturnType<typeof createTargets>;

export function createTargets({ names, blocks }: AllowedTargets) {
	const allowed = new BlockList();
	for (const [address, prefix] of blocks)
		allowed.addSubnet(address, prefix, isIP(address) === 4 ? 'ipv4' : 'ipv6');
	const allowsAll = names.length === 0 && blocks.length === 0;

	const isListed = (host: string): boolean => {
		const name = host.toLowerCase().replace(/\.$/, '');
		return names.some((item) => (item.startsWith('*.') ? name.endsWith(item.slice(1)) : name === item));
	};

	/** Returns why Causeway does not connect to this address of a host; `null`: it may. */
	function whyNot(host: string, address: string): RefusedTarget | null {
		const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
		if (NEVER.check(address, family))
			return new RefusedTarget('the address is link-local, and Causeway never sends to link-local addresses');
		if (allowsAll || isListed(host) || allowed.check(address, family)) return null;
		return new RefusedTarget(
			'the setting ON_CALL_TARGETS does not list the host; ask the administrator of this installation'
		);
	}

	return {
		/** Returns why a host that is written as an address is refused. Node.js calls no `lookup` for such a host. */
		whyNotLiteral: (host: string): RefusedTarget | null => (isIP(host) ? whyNot(host, host) : null),
		/** Resolves the name of a host for a connection, and fails with `RefusedTarget` if one of its addresses is refused. */
		lookup: ((host, options, done) => {
			resolve(host, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
				const problem =
					error ?? addresses.map(({ address }) => whyNot(host, address)).find((why) => why !== null) ?? null;
				if (problem) done(problem, '', 0);
				else if (options.all) done(null, addresses);
				else done(null, addresses[0]!.address, addresses[0]!.family);
			});
		}) satisfies LookupFunction as LookupFunction
	};
}
