// Makes and reads the one-time links by which a person answers a page without signing in.
import { createHash } from 'node:crypto';
import type { AnswerChannel } from '#lib/domain/on-call/page.ts';
import { createTokenSigner } from '#lib/server/access/signed-token.ts';

const LIFE_SECONDS = 24 * 3600;

/** The kinds of channels whose messages carry a link, and what the audit calls an answer by the link. */
const CHANNELS = { 'web-push': 'push', email: 'email-link' } as const satisfies Record<string, AnswerChannel>;
type LinkKind = keyof typeof CHANNELS;
const isLinkKind = (kind: string): kind is LinkKind => Object.hasOwn(CHANNELS, kind);

/** What a link allows: one answer of one person to one page, by one channel. */
export interface AnswerLink {
	supplierId: number;
	pageId: string;
	userId: string;
	channel: AnswerChannel;
	/** Each message has its own. The link is used up by it. */
	nonce: string;
}

interface Message {
	supplierId: number;
	pageId: string;
	/** The receiver; `null`: a target that is no person. */
	userId: string | null;
	/** The kind of the channel. */
	kind: string;
	/** The key of the event, and when it happened. Every try of one message has the same link. */
	key: string;
	at: Date;
}

export type AnswerLinks = ReturnType<typeof createAnswerLinks>;

export function createAnswerLinks(authSecret: string) {
	const signer = createTokenSigner(authSecret, 'answers by link');
	return {
		/** Returns the address where the receiver of a message answers; `null`: nobody can answer by it. */
		addressFor({ supplierId, pageId, userId, kind, key, at }: Message, origin: string): string | null {
			if (userId === null || !isLinkKind(kind)) return null;
			const expiresAt = Math.floor(at.getTime() / 1000) + LIFE_SECONDS;
			const nonce = createHash('sha256').update(`${key} ${userId} ${kind}`).digest('base64url').slice(0, 22);
			const parts = [String(supplierId), pageId, userId, kind, String(expiresAt), nonce];
			return `${origin}/answer/${signer.sign(parts)}`;
		},
		/** `forged`: Causeway did not sign the token. `expired`: its day is over. */
		open(token: string, now: Date): AnswerLink | 'forged' | 'expired' {
			const [supplierId, pageId, userId, kind, expiresAt, nonce] = signer.open(token) ?? [];
			if (!supplierId || !pageId || !userId || !kind || !isLinkKind(kind) || !nonce) return 'forged';
			if (Number(expiresAt) * 1000 <= now.getTime()) return 'expired';
			return { supplierId: Number(supplierId), pageId, userId, channel: CHANNELS[kind], nonce };
		}
	};
}
