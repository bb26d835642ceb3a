// Finds the network address of a client. A proxy reports it in the header X-Forwarded-For, and this file alone decides
// whether to believe the header. SvelteKit and better-auth read the result in a header of Causeway.
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import proxyAddress from 'proxy-addr';
import type { Log } from './log.ts';

/** The header with the client's address. The web process sets it on every call, so that no client can. */
export const CLIENT_ADDRESS_HEADER = 'x-causeway-client';

/** Returns a function that says whether an address is one of these proxies. Throws if an entry is not an address. */
export const trustOf = (proxies: readonly string[]): ((address: string) => boolean) => {
	const trusts = proxyAddress.compile([...proxies]);
	return (address) => trusts(address, 0);
};

/** Returns the function that sets `CLIENT_ADDRESS_HEADER` on a call. */
export function createClientAddress(proxies: readonly string[], log: Log) {
	const trusts = trustOf(proxies);
	let hasWarned = false;
	return (req: IncomingMessage): void => {
		const connected = req.socket.remoteAddress ?? '';
		if (!hasWarned && req.headers['x-forwarded-for'] !== undefined && !trusts(connected)) {
			hasWarned = true;
			log.warn(
				{ address: connected },
				'a call has the header X-Forwarded-For, and TRUSTED_PROXIES does not list the address that sent it. Causeway ignores the header. If the address is your proxy, set TRUSTED_PROXIES; without it, all people share one limit of sign-ins'
			);
		}
		const reported = proxyAddress(req, trusts);
		// better-auth does not count the attempts of a client whose address it cannot read.
		req.headers[CLIENT_ADDRESS_HEADER] = isIP(reported) ? reported : connected;
	};
}
