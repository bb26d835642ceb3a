// Reads the body of a stored explanation, in both of its forms, and writes its sentences. The words of the cause table
// come from the version by which the Alert was explained.
import type { Candidate } from '#lib/domain/alert.ts';
import { causeTable, type CauseEntry } from '#lib/domain/cause-table/cause-table.ts';
import type { CommandReference } from '#lib/domain/command-reference.ts';
import type {
	Basis,
	CandidateFacts,
	ExcludedFacts,
	Exclusion,
	FurtherReason,
	Note
} from '#lib/domain/correlation/explanation-facts.ts';
import {
	noteText,
	toCandidate,
	toExcluded,
	type CauseWords,
	type TextContext
} from '#lib/domain/correlation/reason-text.ts';
import type { ExplanationKind } from '#lib/domain/explanation-kind.ts';
import {
	usualDelta,
	usualRelation,
	usualTier,
	type AlertBody,
	type Coded,
	type StoredBody
} from './stored-body.ts';

/** A body that was stored before migration 0036: whole, and at first without who fed a record. */
export type WholeBody = Omit<AlertBody, 'fedBy'> & { fedBy?: AlertBody['fedBy'] };

/** The words of an entry of a cause table: its guidance, and of each cause the mechanism and the window. */
export interface EntryWords {
	guidance: string | null;
	causes: Record<string, [mechanism: string, typicalSeconds: number, maxSeconds: number]>;
}

/** The values of the row that its body does not repeat, in the order of `bodyColumns`. */
export type BodyColumns = [
	alertId: string,
	deviceId: string,
	hubId: string | null,
	code: string,
	category: string,
	explanation: ExplanationKind,
	/** Epoch ms. */
	effectiveAt: number,
	settlesAt: number | null,
	priority: number,
	occurrences: number,
	throttled: boolean,
	/** `null`: the cause table has no entry for the Alert, or its words are not stored. */
	words: EntryWords | null
];

/** SQL: the values of the row `from` that its body does not repeat, as one JSON array. */
export const bodyColumns = (from: string): string => `json_build_array(
	${from}.alert_id::text, ${from}.device_id, ${from}.hub_id, ${from}.code, ${from}.category, ${from}.explanation,
	(extract(epoch from ${from}.effective_at) * 1000)::bigint, (extract(epoch from ${from}.settles_at) * 1000)::bigint,
	${from}.priority, ${from}.occurrences, ${from}.throttled, (
		select w.words from cause_words w
		where w.version = ${from}.table_version and w.alert = coalesce(${from}.body->>'entry', ${from}.code)
	))`;

/** Reads the body of a row. `columns`: the values of `bodyColumns`, of the same row. */
export function readBody(body: StoredBody | WholeBody, columns: BodyColumns): AlertBody {
	return 'v' in body ? readFacts(body, columns) : body.fedBy ? (body as AlertBody) : withFeeders(body);
}

/** Records of before Causeway kept their feeders count as fed by the installation. */
const withFeeders = (body: WholeBody): AlertBody => ({
	...body,
	fedBy: 'installation',
	candidates: body.candidates.map((candidate) => ({ ...candidate, fedBy: 'installation' }))
});

function readFacts(stored: StoredBody, columns: BodyColumns): AlertBody {
	const [id, deviceId, hubId, code, category, explanation, effectiveAt, settlesAt, ...rest] = columns;
	const [priority, occurrences, throttled, storedWords] = rest;
	// A version without stored words was deleted by hand. The present table then gives the words.
	const words = storedWords ?? shippedWords(stored.entry ?? code);
	const candidates = (stored.candidates ?? []).map((candidate) =>
		candidateFacts(candidate, { deviceId, explanation, effectiveAt })
	);
	const reference = stored.reference ? referenceOf(stored.reference, candidates[0]) : null;
	const context: TextContext = { code, reference, causeOf: (rule) => causeOf(words, rule) };
	const commandOutcome = stored.outcome ? outcomeOf(stored.outcome) : null;
	return {
		id,
		messageId: stored.message,
		deviceId,
		deviceType: stored.deviceType ?? null,
		hubId,
		area: stored.area ?? null,
		kind: stored.kind ?? 'device',
		code,
		name: stored.name,
		category,
		priority,
		raisedAt: stored.raised === null ? null : isoBefore(effectiveAt, stored.raised ?? 0),
		receivedAt: isoBefore(effectiveAt, stored.received ?? 0),
		effectiveAt: isoBefore(effectiveAt, 0),
		clockStatus: stored.clock ?? 'reliable',
		occurrences,
		throttled,
		reference,
		fedBy: stored.fedBy ?? 'installation',
		explanation,
		...(settlesAt !== null && { settlesAt: isoBefore(settlesAt, 0) }),
		summary: stored.summary,
		guidance: stored.unguided ? null : (words?.guidance ?? null),
		notes: (stored.notes ?? []).map((note) => noteText(readNote(note), commandOutcome, occurrences)),
		commandOutcome,
		forward: stored.forward === undefined ? null : { urgent: stored.forward === 1 },
		candidates: candidates.map((candidate) => toCandidate(candidate, context)),
		excluded: (stored.excluded ?? []).map((request) => toExcluded(excludedFacts(request, deviceId), code))
	};
}

const isoBefore = (at: number, since: number): string => new Date(at - since).toISOString();

function candidateFacts(
	stored: NonNullable<StoredBody['candidates']>[number],
	alert: { deviceId: string; explanation: ExplanationKind; effectiveAt: number }
): CandidateFacts {
	const { userId, userRole, own, serviceReferenceVariant, id, at, anchor = 'responded' } = stored;
	const deviceId = stored.device ?? alert.deviceId;
	const instant = (since: number | null | undefined): number | null =>
		since === null || since === undefined ? null : alert.effectiveAt - since;
	return {
		requestId: id.includes(':') ? id : `${userId}:${deviceId}:${id}`,
		userId,
		userRole,
		userName: stored.userName ?? null,
		deviceId,
		serviceReferenceVariant,
		own,
		requestedAt: instant(at[0]),
		executeAt: instant(at[2]),
		respondedAt: instant(at[1]),
		responseCode: stored.responseCode ?? null,
		fedBy: stored.fedBy ?? 'installation',
		tier: stored.tier ?? usualTier(alert.explanation),
		relation: stored.relation ?? usualRelation(deviceId, alert.deviceId),
		deltaSeconds: stored.delta ?? usualDelta(anchor, at) ?? 0,
		anchor,
		basis: basisOf(stored),
		further: (stored.more ?? []).map(readReason)
	};
}

function basisOf({ rule, named, within }: NonNullable<StoredBody['candidates']>[number]): Basis {
	if (rule !== undefined) return { code: 'rule', rule };
	if (named !== undefined) return { code: 'named', by: named };
	return within === undefined ? { code: 'time-only' } : { code: 'learned', withinSeconds: within };
}

const codeOf = (coded: Coded): [string, string | number | null] =>
	typeof coded === 'string' ? [coded, null] : coded;

function readReason(coded: Coded): FurtherReason {
	const [code, value] = codeOf(coded);
	switch (code) {
		case 'same-hub':
			return { code, target: value as string | null };
		case 'condition-not-met':
			return { code, condition: value } as FurtherReason;
		case 'user-succeeded':
			return { code, variant: value as string };
		default:
			return { code } as FurtherReason;
	}
}

function readNote(coded: Coded): Note {
	const [code, value] = codeOf(coded);
	return { code, ...(value !== null && { variant: value }) } as Note;
}

function excludedFacts(
	[id, serviceReferenceVariant, userRole, userName, deltaSeconds, reason, ...values]: NonNullable<
		StoredBody['excluded']
	>[number],
	deviceId: string
): ExcludedFacts {
	return {
		requestId: id.replace('::', `:${deviceId}:`),
		serviceReferenceVariant,
		userRole,
		userName,
		deltaSeconds,
		exclusion: exclusionOf(reason, values)
	};
}

function exclusionOf(reason: Exclusion['reason'], [first, second]: Array<string | number | null>): Exclusion {
	switch (reason) {
		case 'never-reached-device':
		case 'succeeded':
		case 'failed':
		case 'read-succeeded':
			return { reason, responseCode: first as string };
		case 'outside-window':
			return { reason, deltaMs: first as number, maxSeconds: second as number | null };
		case 'condition-not-met':
			return { reason, condition: first } as Exclusion;
		case 'not-a-known-cause':
		case 'role-not-eligible':
		case 'not-named':
		case 'no-command-can':
			return { reason };
	}
}

function referenceOf(
	stored: NonNullable<StoredBody['reference']>,
	first: Pick<Candidate, 'requestId' | 'userId'> | undefined
): CommandReference {
	const { originator = null, counter = null, code = null, request = null } = stored;
	return {
		originatorId: originator === 0 ? first!.userId : originator,
		counter: counter === 0 ? first!.requestId.split(':')[2]! : counter,
		messageCode: code,
		requestId: request === 0 ? first!.requestId : request,
		instruction: stored.instruction ?? null,
		instructions: stored.of ?? null
	};
}

const outcomeOf = ([expected, confirmed, failed, state]: NonNullable<StoredBody['outcome']>) => ({
	expected,
	confirmed,
	failed,
	state
});

function causeOf(words: EntryWords | null, rule: string): CauseWords | undefined {
	const cause = words?.causes[rule];
	if (!cause) return undefined;
	const [mechanism, typicalSeconds, maxSeconds] = cause;
	return { mechanism, typicalSeconds, maxSeconds };
}

/** Returns the words of an entry of the shipped cause table; `null`: the table has no such entry. */
export function shippedWords(entryName: string): EntryWords | null {
	const entry = causeTable.entries.get(entryName);
	return entry ? wordsOf(entry) : null;
}

/** Returns the words of an entry. The database stores them in the same form (table `cause_words`). */
export const wordsOf = ({ guidance, causes }: CauseEntry): EntryWords => ({
	guidance,
	causes: Object.fromEntries(
		causes.map((cause) => [cause.id, [cause.mechanism, cause.typicalSeconds, cause.maxSeconds]])
	)
});
