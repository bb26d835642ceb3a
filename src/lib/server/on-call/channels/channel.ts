// Defines a kind of channel: its settings, and how it sends one event of a page to one receiver. Each kind has a folder
// of its own, and kinds.ts lists the kinds.
import type { z } from 'zod';
import type {
	PageAnswer,
	PageContent,
	PageEventType,
	PageState,
	PageSubject,
	Recipient
} from '#lib/domain/on-call/page.ts';
import type { SendDeps } from './send-deps.ts';

/** One event of a page for one receiver. */
export interface Notice {
	/** The key of the event. It is the same in every try, so that a receiver can tell a repeat. */
	key: string;
	/** `test`: a person tests the channel, and there is no page. */
	type: PageEventType | 'test';
	/** When the event happened (RFC 3339). */
	at: string;
	/** Why the event was sent, in words, such as "now explained" or "nobody has acknowledged for 10 minutes". */
	why: string;
	/** Who acknowledged or resolved the page; `null`: nobody has, or Causeway itself. */
	answer: PageAnswer | null;
	supplier: { id: number; slug: string; name: string };
	page: {
		id: string;
		subject: PageSubject;
		state: PageState;
		route: string;
		priority: number;
		openedAt: string;
		step: number;
		alerts: number;
	};
	content: PageContent;
	/** The person who gets the message; `null`: the target of the channel. */
	recipient: Recipient | null;
	/** The address of the page in the console. */
	url: string;
	/** The address of the API call that acknowledges the page. */
	acknowledgeUrl: string;
	/**
	 * The signed address where this receiver answers once without signing in. `null`: the page is resolved, or the
	 * message has no person to answer as.
	 */
	answerUrl: string | null;
}

/** The result of one try. An error never holds secrets or the text of an answer. */
export type Outcome =
	| { state: 'sent' | 'delivered'; status: number | null }
	| {
			state: 'failed';
			status: number | null;
			error: string;
			/** Whether a further try can help. A refused address or a wrong secret fails for good. */
			again: boolean;
			/** The least wait before the next try that the receiver asked for, in ms. */
			afterMs?: number;
	  };

/**
 * A kind of channel. The form of the console is made from `settings`: the object and each field have a `title` and a
 * `description` in their `meta`, and may have `examples`.
 */
export interface ChannelKind<Settings extends { kind: string } = { kind: string }> {
	kind: Settings['kind'];
	/** The settings as `PUT /on-call/channels/{name}` takes them, with secrets. */
	settings: z.ZodObject & z.ZodType<Settings>;
	/** The fields of the settings that nobody reads back. */
	secrets: readonly string[];
	/** Makes the field `secret` of a new channel, if the caller gives none. Absent: the caller gives all secrets. */
	makeSecret?(): string;
	/**
	 * The fields that say to which server the secrets travel. If one of them changes, the stored secrets are not kept, so
	 * that nobody can send them to a server of his own. Absent: the secrets never travel, or are the target itself.
	 */
	secretsGoTo?: readonly string[];
	/** Whether the service of the channel calls back when a person answers there. Absent: it does not. */
	answersInbound?: true;
	/** Whether the channel reaches the person on call (e-mail, push), or a target of its own. */
	addresses(settings: Settings): 'person' | 'target';
	/** Returns the target of the channel as people read it, without secrets. */
	describe(settings: Settings): string;
	/** Sends the notice once. Never throws for an outcome that the receiver or the network may cause. */
	send(settings: Settings, notice: Notice, deps: SendDeps): Promise<Outcome>;
}
