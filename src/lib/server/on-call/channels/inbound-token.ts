// Makes and reads the token in the address at which an incident service calls a channel. The token only names the
// channel: the call needs the signature of the service too, so that the address is no secret.
import { createTokenSigner } from '#lib/server/access/signed-token.ts';

export interface InboundTarget {
	supplierId: number;
	channelId: number;
}

export function createInboundTokens(authSecret: string) {
	const signer = createTokenSigner(authSecret, 'calls of incident services');
	return {
		sign: ({ supplierId, channelId }: InboundTarget): string =>
			signer.sign([String(supplierId), String(channelId)]),
		open(token: string): InboundTarget | null {
			const [supplierId, channelId] = signer.open(token) ?? [];
			return supplierId && channelId
				? { supplierId: Number(supplierId), channelId: Number(channelId) }
				: null;
		}
	};
}
