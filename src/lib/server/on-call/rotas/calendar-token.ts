// Makes and reads the token in the private address of a calendar. A wrong token needs no look-up.
import { createTokenSigner } from '#lib/server/access/signed-token.ts';

/** `rota`: the calendar of a rota, by the id of its row. `person`: the calendar of a person, by the id of the person. */
export interface CalendarRef {
	kind: 'rota' | 'person';
	supplierId: number;
	id: string;
	/** Part of the row of the calendar. A reset of the address gives the row a new value. */
	nonce: string;
}

export function createCalendarTokens(authSecret: string) {
	const signer = createTokenSigner(authSecret, 'calendar addresses');
	return {
		make: ({ kind, supplierId, id, nonce }: CalendarRef): string =>
			signer.sign([kind, String(supplierId), id, nonce]),
		/** Reads a token. `null`: this installation has not made the token. */
		read(token: string): CalendarRef | null {
			const [kind, supplierId, id, nonce] = signer.open(token) ?? [];
			if ((kind !== 'rota' && kind !== 'person') || !id || !nonce) return null;
			return { kind, supplierId: Number(supplierId), id, nonce };
		}
	};
}
