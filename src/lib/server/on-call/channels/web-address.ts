// Defines the address of an HTTP receiver in the settings of a channel.
import { z } from 'zod';

const RULE = 'must be an http:// or https:// address without a user and a password';

/** The schema of an address. Credentials in an address end up in logs, so the channel has fields of its own for them. */
export const WebAddress = z
	.string(RULE)
	.trim()
	.max(2000)
	.refine((text) => {
		const url = URL.parse(text);
		return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
	}, RULE);

/** Returns the address as people read it. The query is left out, because it may hold a secret. */
export function addressForPeople(address: string): string {
	const { origin, pathname, search } = new URL(address);
	return `${origin}${pathname}${search ? '?…' : ''}`;
}
