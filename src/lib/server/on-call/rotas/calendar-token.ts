// Makes and reads the token in the private address of a calendar. The token names the calendar and is signed with a key
// that is derived from AUTH_SECRET, so that a wrong token needs no look-up.
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** `rota`: the calendar of a rota, by the id of its row. `person`: the calendar of a person, by the id of the person. */
export interface CalendarRef {
	kind: 'rota' | 'person';
	supplierId: number;
	id: string;
	/** Part of the row of the calendar. A reset of the address gives the row a new value. */
	nonce: string;
}

export type CalendarTokens = ReturnType<typeof createCalendarTokens>;

export function createCalendarTokens(authSecret: string) {
	const key = Buffer.from(hkdfSync('sha256', authSecret, '', 'causeway: calendar addresses', 32));
	const sign = (text: string): Buffer => createHmac('sha256', key).update(text).digest();
	return {
		make({ kind, supplierId, id, nonce }: CalendarRef): string {
			const text = Buffer.from(`${kind}/${supplierId}/${nonce}/${id}`).toString('base64url');
			return `${text}.${sign(text).toString('base64url')}`;
		},
		/** Reads a token. `null`: this installation has not made the token. */
		read(token: string): CalendarRef | null {
			const [text = '', signature = '', more] = token.split('.');
			const given = Buffer.from(signature, 'base64url');
			const right = sign(text);
			if (more !== undefined || given.length !== right.length || !timingSafeEqual(given, right)) return null;
			const match = /^(rota|person)\/(\d+)\/(\w+)\/(.+)$/.exec(Buffer.from(text, 'base64url').toString());
			if (!match) return null;
			const [, kind, supplierId, nonce, id] = match as unknown as [
				string,
				'rota' | 'person',
				string,
				string,
				string
			];
			return { kind, supplierId: Number(supplierId), nonce, id };
		}
	};
}
