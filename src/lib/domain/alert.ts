// Defines an Alert as sent by a client (the allow-list of fields) and as read by a Supplier. Lists, feed and socket
// share the second shape.
import { z } from 'zod';
import { CommandReference } from './command-reference.ts';
import { CommandOutcome } from './correlation/command-outcome.ts';
import { Decision } from './decision.ts';
import { Counter, Eui64, Instant } from './eui64.ts';
import { ExplanationKind } from './explanation-kind.ts';
import { RequestId } from './service-request.ts';

const AlertKind = z.enum(['device', 'dcc']);
export const ClockStatus = z.enum(['reliable', 'unreliable', 'invalid']);
export type ClockStatus = z.infer<typeof ClockStatus>;

/** A Device Alert code such as 8F30, or a DCC Alert code such as N24. Unknown codes are stored and marked. */
const AlertCode = z
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

/** A command reference as sent by a client. Missing fields become `null`. */
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
		/** The child element of DCCAlert, such as CommandFailure. It identifies a DCC Alert; the N-code does not. */
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
		/** SHA-256 of the firmware image that the Alert reports (8F72, 8F1C). It identifies the image without its content. */
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

/** The instant of the Service Request from which the delay is counted. */
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

/** An Alert as one Supplier reads it. Instants are RFC 3339, UTC, with milliseconds. */
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
		/** `unknown` if the code is not in the tables. */
		category: z.string(),
		/** 1 (act first) to 3; 4 is for the journal only. */
		priority: z.number().int().min(1).max(4),
		raisedAt: z.string().nullable(),
		receivedAt: z.string(),
		effectiveAt: z.string(),
		clockStatus: ClockStatus,
		occurrences: z.number().int(),
		throttled: z.boolean(),
		reference: CommandReference.nullable(),
		explanation: ExplanationKind,
		/** One sentence: the machine's suspect and how sure the machine is. */
		summary: z.string(),
		/** What a controller does next for an Alert of this code. `null` if the cause table gives no guidance. */
		guidance: z.string().nullable(),
		/** Fixed sentences beside the explanation, such as the sentence on the start of tenure. */
		notes: z.array(z.string()),
		/** Progress of the command that the Alert names. `null` unless the command runs in several instructions. */
		commandOutcome: CommandOutcome.nullable(),
		/** The task to forward an Alert that reached a former Supplier. `urgent`: supply or safety may depend on it. */
		forward: z.object({ urgent: z.boolean() }).nullable(),
		/** New evidence that contradicts the Decision. The Decision itself does not change. */
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
