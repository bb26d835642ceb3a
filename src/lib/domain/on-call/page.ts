// Defines a page: the request to a person on call to look at one episode, one Alert that stands alone, a fault of a
// feed, or a test. Also what a page says, the events that receivers get, and the deliveries of these events.
import { z } from 'zod';
import { Tier } from '../alert.ts';
import { Verdict } from '../decision.ts';
import { EpisodeKind } from '../episode-rule.ts';
import { ExplanationKind } from '../explanation-kind.ts';
import { RecordId } from '../record-id.ts';
import { OnCallName } from './name.ts';

export const PageState = z.enum(['open', 'acknowledged', 'resolved']);
export type PageState = z.infer<typeof PageState>;

/** What a page is about. `test`: the daily test page of a rota. */
export const PageSubject = z.enum(['alert', 'episode', 'feed', 'test']);
export type PageSubject = z.infer<typeof PageSubject>;

export const PageEventType = z.enum(['opened', 'updated', 'acknowledged', 'resolved']);
export type PageEventType = z.infer<typeof PageEventType>;

/** The way by which a person answered. */
export const AnswerChannel = z.enum(['console', 'api', 'phone', 'push', 'email-link', 'pagerduty']);
export type AnswerChannel = z.infer<typeof AnswerChannel>;

/** The Alert of a page. It holds no payload, as no Alert of Causeway does. */
const PageAlert = z.object({
	id: z.string(),
	deviceId: z.string(),
	deviceType: z.string().nullable(),
	hubId: z.string().nullable(),
	area: z.string().nullable(),
	code: z.string(),
	name: z.string(),
	category: z.string(),
	priority: z.number().int(),
	explanation: ExplanationKind,
	effectiveAt: z.string(),
	occurrences: z.number().int(),
	throttled: z.boolean()
});

const PageEpisode = z.object({
	id: z.string(),
	kind: EpisodeKind,
	title: z.string(),
	alerts: z.number().int(),
	devices: z.number().int(),
	/** The number of events that the Alerts stand for. `atLeast`: the number is a lower bound. */
	occurrences: z.number().int(),
	atLeast: z.boolean(),
	firstAt: z.string(),
	lastAt: z.string()
});

/** The machine's suspect. The User is named by its role only. */
export const PageCause = z.object({
	tier: Tier,
	serviceReferenceVariant: z.string(),
	name: z.string(),
	userRole: z.string(),
	deltaSeconds: z.number()
});
export type PageCause = z.infer<typeof PageCause>;

/** What a page says. Every channel words its message from these fields. */
export const PageContent = z
	.object({
		/** At most 60 characters that carry the Alert code, the place and the cause, for a watch. */
		headline: z.string().max(60),
		/**
		 * One sentence: what happened, the probable cause, how sure the machine is, what speaks against the cause, and
		 * what others decided on this pattern.
		 */
		verdict: z.string(),
		alert: PageAlert.nullable(),
		episode: PageEpisode.nullable(),
		cause: PageCause.nullable(),
		/** The requests that the machine excluded, and why. */
		excluded: z.array(
			z.object({
				serviceReferenceVariant: z.string(),
				userRole: z.string(),
				reason: z.string(),
				text: z.string()
			})
		),
		/** The earlier decisions on the same pattern. */
		precedents: z.object({ ignorable: z.number().int(), actionable: z.number().int(), text: z.string() }),
		/** The number of further Alerts of the same route that a flood of pages folded into this page. */
		moreAlerts: z.number().int()
	})
	.meta({ id: 'PageContent' });
export type PageContent = z.infer<typeof PageContent>;

/** Who answered a page, when, and by which channel. */
export const PageAnswer = z.object({ by: z.string(), at: z.string(), channel: AnswerChannel });
export type PageAnswer = z.infer<typeof PageAnswer>;

/** A person who gets pages. */
export const Recipient = z.object({ userId: z.string(), name: z.string(), email: z.string() });
export type Recipient = z.infer<typeof Recipient>;

export const DeliveryState = z.enum(['queued', 'sent', 'delivered', 'failed']);
export type DeliveryState = z.infer<typeof DeliveryState>;

const DeliveryTry = z.object({
	at: z.string(),
	ms: z.number().int(),
	outcome: z.enum(['sent', 'delivered', 'failed']),
	/** The HTTP or SMTP status. `null`: no answer came. */
	status: z.number().int().nullable(),
	error: z.string().nullable()
});

/**
 * One event of a page for one receiver. `sent`: the next system accepted the message, such as a mail server.
 * `delivered`: the receiver itself accepted the message.
 */
export const Delivery = z
	.object({
		id: z.string(),
		event: PageEventType,
		/** The step of the escalation that sent the event; 0 is the first. */
		step: z.number().int(),
		channel: z.string(),
		kind: z.string(),
		/** The person; or the target of the channel, without its secrets. */
		to: z.string(),
		state: DeliveryState,
		at: z.string(),
		/** Why the last try failed. `null`: it did not fail. */
		error: z.string().nullable(),
		/** When the next try is due. `null`: there is no further try. */
		nextAt: z.string().nullable(),
		/** Whether the delivery failed for good. A person may send it again. */
		isDead: z.boolean(),
		tries: z.array(DeliveryTry)
	})
	.meta({ id: 'Delivery' });
export type Delivery = z.infer<typeof Delivery>;

/** One line of the history of a page. `by: null`: Causeway itself. */
const PageEvent = z.object({
	type: PageEventType,
	why: z.string(),
	by: z.string().nullable(),
	channel: AnswerChannel.nullable(),
	at: z.string()
});

export const Page = z
	.object({
		id: z.string(),
		state: PageState,
		subject: PageSubject,
		alertId: z.string().nullable(),
		episodeId: z.string().nullable(),
		route: z.string(),
		/** The rota whose people get the page. `null`: the route has no rota. */
		rota: z.string().nullable(),
		priority: z.number().int(),
		content: PageContent,
		/**
		 * The number of Alerts of the page. `moreAlerts`: further Alerts that opened no page of their own, because pages
		 * flooded or because a person had just resolved this page.
		 */
		alerts: z.number().int(),
		moreAlerts: z.number().int(),
		/** The ids of the newest Alerts of the page, at most 100. */
		alertIds: z.array(z.string()),
		openedAt: z.string(),
		/** How far the page has escalated. `nextStepAt`: when it escalates next; `null`: not any more. */
		step: z.number().int(),
		nextStepAt: z.string().nullable(),
		/** Quiet hours or maintenance hold the page back until this time. `null`: the page is not held. */
		heldUntil: z.string().nullable(),
		heldWhy: z.string().nullable(),
		acknowledged: PageAnswer.nullable(),
		/** `by: null` with a reason in `why`: the matter ended without a person. */
		resolved: z
			.object({
				by: z.string().nullable(),
				at: z.string(),
				channel: AnswerChannel.nullable(),
				/** The verdict of the decision that ended the page. `null`: it ended without a decision. */
				verdict: Verdict.nullable(),
				why: z.string()
			})
			.nullable(),
		/** `unreached`: no channel reached anybody. `unanswered`: the last step ended without an answer. */
		alarm: z.enum(['unreached', 'unanswered']).nullable(),
		version: z.number().int(),
		url: z.string(),
		deliveries: z.array(Delivery),
		events: z.array(PageEvent)
	})
	.meta({ id: 'Page' });
export type Page = z.infer<typeof Page>;

export const PageList = z.object({ items: z.array(Page), nextCursor: z.string().nullable() });
export type PageList = z.infer<typeof PageList>;

/**
 * The event that a webhook gets: CloudEvents 1.0 in JSON. `data` says what the page says, with the page's own address
 * and the call that acknowledges the page.
 */
export const PageCloudEvent = z
	.object({
		specversion: z.literal('1.0'),
		id: z.string(),
		source: z.string(),
		type: z
			.string()
			.regex(/^causeway\.page\.(opened|updated|acknowledged|resolved)$|^causeway\.channel\.test$/),
		/** The id of the page. */
		subject: z.string(),
		time: z.string(),
		datacontenttype: z.literal('application/json'),
		data: z.object({
			page: z.object({
				id: z.string(),
				state: PageState,
				subject: PageSubject,
				route: z.string(),
				priority: z.number().int(),
				openedAt: z.string(),
				step: z.number().int(),
				alerts: z.number().int(),
				moreAlerts: z.number().int(),
				headline: z.string(),
				/** Why this event was sent, in words. */
				why: z.string(),
				/** Who acknowledged or resolved the page. `null`: nobody has, or Causeway itself. */
				by: z.string().nullable()
			}),
			episode: PageEpisode.nullable(),
			alert: PageAlert.nullable(),
			verdict: z.string(),
			cause: PageCause.nullable(),
			excluded: PageContent.shape.excluded,
			precedents: PageContent.shape.precedents,
			url: z.string(),
			acknowledgeUrl: z.string()
		})
	})
	.meta({ id: 'PageCloudEvent' });
export type PageCloudEvent = z.infer<typeof PageCloudEvent>;

/** The decision of a person on the subject of a page: all its Alerts that are still undecided. */
export const PageDecisionIn = z.object({
	verdict: Verdict,
	reason: z.string().trim().max(40),
	note: z.string().trim().max(2000).nullish()
});
export type PageDecisionIn = z.infer<typeof PageDecisionIn>;

export const PageQuery = z.object({
	state: PageState.optional(),
	/** Only pages about this Alert, or this episode. */
	alert: RecordId.optional(),
	episode: RecordId.optional(),
	limit: z.coerce.number().int().min(1).max(200).optional(),
	cursor: RecordId.optional()
});

/** A page that a person opens by hand about an Alert or an episode. `route`: the route that gives the plan; absent: the first. */
export const PageByHandIn = z
	.object({
		alert: RecordId.optional(),
		episode: RecordId.optional(),
		route: OnCallName.optional()
	})
	.refine(
		({ alert, episode }) => (alert === undefined) !== (episode === undefined),
		'must name an alert or an episode, and not both'
	);
export type PageByHandIn = z.infer<typeof PageByHandIn>;

/** The event `page:changed` of the socket: a page opened, changed or ended. A client reads the page again. */
export interface PageChanged {
	id: string;
	version: number;
	state: PageState;
	alertId: string | null;
	episodeId: string | null;
}
