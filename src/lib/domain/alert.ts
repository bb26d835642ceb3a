// Defines an Alert in two shapes: as a client sends it (the allow-list of fields), and as a Supplier reads it. Lists,
// feed and socket share the second shape.
import { z } from 'zod';
import { CommandReference } from './command-reference.ts';
import { CommandOutcome } from './correlation/command-outcome.ts';
import { Decision } from './decision.ts';
import { Assignee } from './desk/assignment.ts';
import { Shelved } from './desk/shelving.ts';
import { Counter, Eui64, Instant } from './eui64.ts';
import { ExplanationKind } from './explanation-kind.ts';
import { FedBy } from './fed-by.ts';
import { RequestId } from './service-request.ts';

const AlertKind = z.enum(['device', 'dcc']);
export const ClockStatus = z.enum(['reliable', 'unreliable', 'invalid']);
export type ClockStatus = z.infer<typeof ClockStatus>;

const ALERT_CODE_RULE = 'must be an Alert code such as 8F30, N24 or AD1';

/** A Device Alert code such as 8F30, or a DCC Alert code such as N24. Causeway stores and marks an unknown code. */
const AlertCode = z
	.string(ALERT_CODE_RULE)
	.trim()
	.regex(/^(0x)?[0-9A-Za-z]{2,8}$/, ALERT_CODE_RULE)
	.transform((code) => code.replace(/^0x/i, '').toUpperCase());

const MessageCode = z
	.string()
	.trim()
	.regex(/^(0x)?[0-9a-f]{4}$/i, 'must be four hex digits such as 0019')
	.transform((code) => code.replace(/^0x/i, '').toUpperCase());

const orNull = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? null);

/** A command reference as a client sends it. A missing field of the reference becomes `null`. */
const CommandReferenceIn = z.object({
	originatorId: orNull(Eui64),
	counter: orNull(Counter),
	messageCode: orNull(MessageCode),
	requestId: orNull(RequestId),
	instruction: orNull(z.number().int().min(0).max(65535)),
	instructions: orNull(z.number().int().min(0).max(65535))
});

export const AlertIn = z
	.object({
		deviceId: Eui64,
		kind: AlertKind.default('device'),
		code: AlertCode,
		/**
		 * The child element of DCCAlert, such as CommandFailure. This element identifies the kind of a DCC Alert; the
		 * N-code does not.
		 */
		dccPayload: z
			.string()
			.trim()
			.regex(/^[A-Za-z0-9]{1,60}$/, 'must be the name of an element, such as CommandFailure')
			.nullish(),
		raisedAt: Instant.nullish(),
		clockStatus: ClockStatus.default('reliable'),
		receivedAt: Instant.nullish(),
		messageId: z.string().trim().min(1).max(300).nullish(),
		recipientId: Eui64.nullish(),
		throttledCount: z.number().int().min(1).max(4294967295).nullish(),
		/**
		 * SHA-256 of the firmware image that an Alert 8F72 or 8F1C reports. The hash identifies the image without its
		 * content.
		 */
		imageHash: z
			.string()
			.trim()
			.regex(/^[0-9a-f]{64}$/i, 'must be 64 hex digits')
			.transform((hash) => hash.toUpperCase())
			.nullish(),
		reference: CommandReferenceIn.nullish()
	})
	.meta({ id: 'AlertIn' });
export type AlertIn = z.infer<typeof AlertIn>;

export const Tier = z.enum(['exact', 'strong', 'weak']);
export type Tier = z.infer<typeof Tier>;

export const Relation = z.enum(['same-device', 'same-hub']);
export type Relation = z.infer<typeof Relation>;

/** The instant of the Service Request from which the delay to the Alert counts. */
export const Anchor = z.enum(['executed', 'responded', 'requested']);
export type Anchor = z.infer<typeof Anchor>;

/** A reason of the machine for or against a candidate. */
export const Reason = z.object({
	code: z.string(),
	text: z.string(),
	/** The cause of the cause table that matched, such as `8F30/1`. Absent: no cause matched, or an old explanation. */
	rule: z.string().optional()
});
export type Reason = z.infer<typeof Reason>;

export const Candidate = z
	.object({
		requestId: z.string(),
		deviceId: z.string(),
		serviceReferenceVariant: z.string(),
		name: z.string(),
		userId: z.string(),
		userRole: z.string(),
		userName: z.string().nullable(),
		own: z.boolean(),
		tier: Tier,
		relation: Relation,
		/** The seconds from the anchor to the Alert. A negative number means that the Alert came first. */
		deltaSeconds: z.number(),
		anchor: Anchor,
		requestedAt: z.string().nullable(),
		executeAt: z.string().nullable(),
		respondedAt: z.string().nullable(),
		responseCode: z.string().nullable(),
		/** Who fed the request. */
		fedBy: FedBy,
		reasons: z.array(Reason)
	})
	.meta({ id: 'Candidate' });
export type Candidate = z.infer<typeof Candidate>;

export const Excluded = z
	.object({
		requestId: z.string(),
		serviceReferenceVariant: z.string(),
		/** The name of the SRV. Absent in an old explanation. */
		name: z.string().optional(),
		userRole: z.string(),
		userName: z.string().nullable(),
		/** The seconds from the request to the Alert. Absent in an old explanation. */
		deltaSeconds: z.number().optional(),
		reason: z.string(),
		text: z.string()
	})
	.meta({ id: 'Excluded' });
export type Excluded = z.infer<typeof Excluded>;

/** An Alert as one Supplier reads it. The instants of an Alert are RFC 3339, in UTC, with milliseconds. */
export const Alert = z
	.object({
		id: z.string(),
		messageId: z.string(),
		deviceId: z.string(),
		deviceType: z.string().nullable(),
		hubId: z.string().nullable(),
		area: z.string().nullable(),
		kind: AlertKind,
		code: z.string(),
		name: z.string(),
		/** The category of the Alert code. `unknown` if the tables of Alert codes do not list the code. */
		category: z.string(),
		/** The priority, from 1 (act first) to 3. Priority 4 is for the journal only. */
		priority: z.number().int().min(1).max(4),
		raisedAt: z.string().nullable(),
		receivedAt: z.string(),
		effectiveAt: z.string(),
		clockStatus: ClockStatus,
		occurrences: z.number().int(),
		throttled: z.boolean(),
		reference: CommandReference.nullable(),
		/** Who fed the Alert. */
		fedBy: FedBy,
		explanation: ExplanationKind,
		/**
		 * The instant to which the audit data must be complete before the machine calls the Alert unexplained. The Alert is
		 * then explained again. Absent unless the explanation is pending.
		 */
		settlesAt: z.string().optional(),
		/** One sentence that names the machine's suspect and says how sure the machine is. */
		summary: z.string(),
		/** What a controller does next for an Alert of this code. `null` if the cause table gives no guidance. */
		guidance: z.string().nullable(),
		/** Notes beside the explanation, such as the note that the window reaches back before the start of tenure. */
		notes: z.array(z.string()),
		/**
		 * The progress of the command that the Alert names. `null` unless the command consists of several instructions.
		 */
		commandOutcome: CommandOutcome.nullable(),
		/**
		 * The task to forward this Alert, which reached a former Supplier. `null`: nobody has to forward the Alert.
		 * `urgent`: supply or safety may depend on the forwarding.
		 */
		forward: z.object({ urgent: z.boolean() }).nullable(),
		/**
		 * Says how new evidence contradicts the decision. `null`: no evidence contradicts the decision. New evidence
		 * never changes the decision itself.
		 */
		notice: z.string().nullable(),
		version: z.number().int(),
		/** The latest feed number (sequence number) of this Alert in the feed of its Supplier. */
		seq: z.number().int(),
		candidates: z.array(Candidate),
		excluded: z.array(Excluded),
		decision: Decision.nullable(),
		episodeId: z.string().nullable(),
		/** Who put the Alert aside for a time, and until when. A shelved Alert is undecided. `null`: it is not shelved. */
		shelved: Shelved.nullable().default(null),
		/** The person who looks at the Alert. `null`: nobody has taken it. */
		assignee: Assignee.nullable().default(null),
		/** The number of comments on this Alert. Comments on its episode and on its Device are counted there. */
		comments: z.number().int().default(0)
	})
	.meta({ id: 'Alert' });
export type Alert = z.infer<typeof Alert>;
