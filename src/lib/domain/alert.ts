// An Alert: as sent in (the allow-list at the door) and as read (lists, feed, socket: one shape).
import { z } from 'zod';
import { CommandOutcome } from './correlation/command-outcome.ts';
import { CommandReference } from './command-reference.ts';
import { Decision } from './decision.ts';
import { Counter, Eui64, Instant } from './eui64.ts';
import { ExplanationKind } from './explanation-kind.ts';
import { RequestId } from './service-request.ts';

export const AlertKind = z.enum(['device', 'dcc']);
export const ClockStatus = z.enum(['reliable', 'unreliable', 'invalid']);
export type ClockStatus = z.infer<typeof ClockStatus>;

/** A Device Alert code such as 8F30, or a DCC Alert code such as N24. Unknown codes are kept and marked. */
export const AlertCode = z
	.string()
	.trim()
	.regex(/^(0x)?[0-9A-Za-z]{2,8}$/, 'must be an Alert code such as 8F30, N24 or AD1')
	.transform((code) => code.replace(/^0x/i, '').toUpperCase());

const MessageCode = z
	.string()
	.trim()
	.regex(/^(0x)?[0-9a-f]{4}$/i, 'must be four hex digits such as 0019')
	.transform((code) => code.replace(/^0x/i, '').toUpperCase());

const orNull = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? null);

/** The same as sent in: what is not said is null. */
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
		/** The child element of DCCAlert, such as CommandFailure: DCC Alerts are told apart by it, not by the N-code. */
		dccPayload: z
			.string()
			.trim()
			.regex(/^[A-Za-z0-9]{1,60}$/)
			.nullish(),
		raisedAt: Instant.nullish(),
		clockStatus: ClockStatus.default('reliable'),
		receivedAt: Instant.nullish(),
		messageId: z.string().trim().min(1).max(300).nullish(),
		recipientId: Eui64.nullish(),
		throttledCount: z.number().int().min(1).max(4294967295).nullish(),
		/** The hash of the firmware image that the Alert tells of (8F72, 8F1C): it names an image, never its content. */
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

/** Which instant of the Service Request the delay is counted from. */
export const Anchor = z.enum(['executed', 'responded', 'requested']);
export type Anchor = z.infer<typeof Anchor>;

export const Reason = z.object({ code: z.string(), text: z.string() });
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
		/** Seconds from the anchor to the Alert; negative when the Alert came first. */
		deltaSeconds: z.number(),
		anchor: Anchor,
		requestedAt: z.string().nullable(),
		executeAt: z.string().nullable(),
		respondedAt: z.string().nullable(),
		responseCode: z.string().nullable(),
		reasons: z.array(Reason)
	})
	.meta({ id: 'Candidate' });
export type Candidate = z.infer<typeof Candidate>;

export const Excluded = z
	.object({
		requestId: z.string(),
		serviceReferenceVariant: z.string(),
		userRole: z.string(),
		userName: z.string().nullable(),
		reason: z.string(),
		text: z.string()
	})
	.meta({ id: 'Excluded' });
export type Excluded = z.infer<typeof Excluded>;

/** An Alert as one Supplier reads it. Instants are RFC 3339 UTC with milliseconds. */
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
		/** `unknown` where the code is not in the tables. */
		category: z.string(),
		/** 1 (act first) to 3, or 4 for the journal. */
		priority: z.number().int().min(1).max(4),
		raisedAt: z.string().nullable(),
		receivedAt: z.string(),
		effectiveAt: z.string(),
		clockStatus: ClockStatus,
		occurrences: z.number().int(),
		throttled: z.boolean(),
		reference: CommandReference.nullable(),
		explanation: ExplanationKind,
		/** One sentence: what the machine suspects, and how sure it is. */
		summary: z.string(),
		/** What a controller does next for this code. */
		guidance: z.string().nullable(),
		/** Fixed sentences that go with the explanation, such as the one on the start of tenure. */
		notes: z.array(z.string()),
		/** How far the command has come that the Alert names, where it runs in several instructions. */
		commandOutcome: CommandOutcome.nullable(),
		/** A task where the Alert reached a former Supplier: `urgent` where supply or safety may hang on it. */
		forward: z.object({ urgent: z.boolean() }).nullable(),
		/** New evidence that speaks against the Decision; the Decision itself stays. */
		notice: z.string().nullable(),
		version: z.number().int(),
		/** The last sequence number of this Alert in the Supplier's feed. */
		seq: z.number().int(),
		candidates: z.array(Candidate),
		excluded: z.array(Excluded),
		decision: Decision.nullable(),
		episodeId: z.string().nullable()
	})
	.meta({ id: 'Alert' });
export type Alert = z.infer<typeof Alert>;
