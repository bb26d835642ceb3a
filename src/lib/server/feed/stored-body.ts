// Encodes an explanation for the column `body` of `supplier_alert`: facts without sentences, without default values, and
// without the values of other columns. body-reader.ts reads it.
//
// SQL may read these paths of a body, in both forms, and no others: `name`, `summary`, `area`, `deviceType`, and of each
// element of `candidates`: `serviceReferenceVariant`, `userId`, `userRole`, `userName`, `own`, `responseCode`. The first
// candidate also has its `name` if the explanation names a suspect. Absent means `null`.
import type { Alert, Anchor, Relation, Tier } from '#lib/domain/alert.ts';
import type { CommandReference } from '#lib/domain/command-reference.ts';
import type { CommandOutcome } from '#lib/domain/correlation/command-outcome.ts';
import type {
	Basis,
	CandidateFacts,
	ExcludedFacts,
	Exclusion,
	ExplanationFacts,
	FurtherReason,
	Note
} from '#lib/domain/correlation/explanation-facts.ts';
import { namesSuspect, type ExplanationKind } from '#lib/domain/explanation-kind.ts';
import type { FedBy } from '#lib/domain/fed-by.ts';
import { describeVariant } from '#lib/domain/service-reference-variant.ts';

/**
 * An Alert as a Supplier reads it, without the values that the table adds: version, feed number, decision, notice,
 * episode, and what people did with it on the desk.
 */
export type AlertBody = Omit<
	Alert,
	'version' | 'seq' | 'decision' | 'notice' | 'episodeId' | 'assignee' | 'comments' | 'shelved'
>;

/** A body as stored. An absent field has its usual value. Instants are distances to the Alert's effective time (ms). */
export interface StoredBody {
	/** The form of the body. A body of before this form has no such field: it is a whole `AlertBody`. */
	v: 1;
	message: string;
	/** Absent: a Device Alert. */
	kind?: 'dcc';
	deviceType?: string;
	area?: string;
	name: string;
	/** The summary is a sentence, because the filter `q` of a list searches it. */
	summary: string;
	/** From the time of the Device to the effective time. `null`: the Device gave no time. Absent: 0. */
	raised?: number | null;
	/** From the receipt to the effective time. Absent: 0. */
	received?: number;
	/** Absent: `reliable`. */
	clock?: AlertBody['clockStatus'];
	/** Absent: `installation`. */
	fedBy?: FedBy;
	/** The entry of the cause table. Absent: the entry has the name of the Alert code. */
	entry?: string;
	/** The cause table gives no guidance. */
	unguided?: 1;
	reference?: StoredReference;
	candidates?: StoredCandidate[];
	excluded?: StoredExcluded[];
	notes?: Coded[];
	/** Expected, confirmed and failed instructions, and the state. */
	outcome?: [number, number, number, CommandOutcome['state']];
	/** The task to forward the Alert. 1: it is urgent. */
	forward?: 0 | 1;
}

/** The fields that the Alert gives. 0: the value of the first candidate. */
interface StoredReference {
	originator?: string | 0;
	counter?: string | 0;
	code?: string;
	request?: string | 0;
	instruction?: number;
	of?: number;
}

interface StoredCandidate {
	serviceReferenceVariant: string;
	userId: string;
	userRole: string;
	userName?: string;
	own: boolean;
	responseCode?: string;
	name?: string;
	/** The counter of the RequestID, or a whole RequestID that is not made of `userId` and the Device. */
	id: string;
	/** Absent: the Device of the Alert. */
	device?: string;
	/** From the request, its response and its execution to the Alert (ms). `null` or absent: not known. */
	at: Array<number | null>;
	/** Absent: the tier that candidates of such an explanation usually have. */
	tier?: Tier;
	/** Absent: the relation that follows from the Device. */
	relation?: Relation;
	/** Absent: `responded`. */
	anchor?: Anchor;
	/** Absent: the delay from the anchor, in seconds. */
	delta?: number;
	fedBy?: FedBy;
	/** The rule of the cause table, the way in which the Alert names the command, or the learned window in seconds. */
	rule?: string;
	named?: Extract<Basis, { code: 'named' }>['by'];
	within?: number;
	/** Reasons beside the basis. */
	more?: Coded[];
}

/** RequestID without the Device of the Alert, SRV, role, User, delay, code, and the values of the code. */
type StoredExcluded = [string, string, string, string | null, number, Exclusion['reason'], ...CodeValue[]];
type CodeValue = string | number | null;
/** A code, or a code with its value. */
export type Coded = string | [string, CodeValue];

/** The instants of an Alert (epoch ms). `raisedAt: null`: the Device gave no time. */
interface Instants {
	effectiveAt: number;
	raisedAt: number | null;
	receivedAt: number;
}

/** SQL: the first candidate of the stored body `body`, in both forms; null: there is none. */
export const firstCandidate = (body: string): string => `(${body}->'candidates'->0)`;

/** Encodes a body and the facts of its explanation. */
export function storedBody(
	body: AlertBody,
	facts: ExplanationFacts,
	{ effectiveAt: at, raisedAt, receivedAt }: Instants
): StoredBody {
	const { commandOutcome: outcome, forward } = body;
	const raised = sinceOf(raisedAt, at);
	const received = at - receivedAt;
	const stored: StoredBody = { v: 1, message: body.messageId, name: body.name, summary: body.summary };
	if (body.kind === 'dcc') stored.kind = 'dcc';
	if (body.deviceType !== null) stored.deviceType = body.deviceType;
	if (body.area !== null) stored.area = body.area;
	if (raised !== 0) stored.raised = raised;
	if (received !== 0) stored.received = received;
	if (body.clockStatus !== 'reliable') stored.clock = body.clockStatus;
	if (body.fedBy !== 'installation') stored.fedBy = body.fedBy;
	if (facts.entry !== null && facts.entry !== body.code) stored.entry = facts.entry;
	if (body.guidance === null) stored.unguided = 1;
	if (body.reference) stored.reference = storedReference(body.reference, facts.candidates[0]);
	if (facts.candidates.length > 0)
		stored.candidates = facts.candidates.map((candidate, i) => storedCandidate(candidate, body, at, i === 0));
	if (facts.excluded.length > 0)
		stored.excluded = facts.excluded.map((request) => storedExcluded(request, body.deviceId));
	if (facts.notes.length > 0) stored.notes = facts.notes.map(codedNote);
	if (outcome) stored.outcome = [outcome.expected, outcome.confirmed, outcome.failed, outcome.state];
	if (forward) stored.forward = forward.urgent ? 1 : 0;
	return stored;
}

/** Returns the time from an instant to `at` (ms); `null`: the instant is not known. */
const sinceOf = (instant: number | null, at: number): number | null =>
	instant === null ? null : at - instant;

/** Returns the tier that a candidate of such an explanation has if its body does not say so. */
export const usualTier = (kind: ExplanationKind): Tier =>
	kind === 'exact' ? 'exact' : kind === 'likely' ? 'strong' : 'weak';

/** Returns the relation of a candidate of this Device if its body does not say so. */
export const usualRelation = (deviceId: string, ofAlert: string): Relation =>
	deviceId === ofAlert ? 'same-device' : 'same-hub';

/** Returns the seconds from the anchor of a candidate to the Alert; `undefined`: the instant is not known. */
export function usualDelta(anchor: Anchor, [requested, responded, executed]: StoredCandidate['at']) {
	const since = { requested, responded, executed }[anchor];
	return since === null || since === undefined ? undefined : Math.round(since / 1000);
}

function storedCandidate(facts: CandidateFacts, body: AlertBody, at: number, isFirst: boolean) {
	const { requestId, userId, userRole, userName, deviceId, own, serviceReferenceVariant, basis } = facts;
	const { responseCode, tier, relation, anchor, deltaSeconds, fedBy, further } = facts;
	const prefix = `${userId}:${deviceId}:`;
	const stored: StoredCandidate = {
		serviceReferenceVariant,
		userId,
		userRole,
		own,
		id: requestId.startsWith(prefix) ? requestId.slice(prefix.length) : requestId,
		at: [sinceOf(facts.requestedAt, at), sinceOf(facts.respondedAt, at), sinceOf(facts.executeAt, at)]
	};
	while (stored.at.at(-1) === null) stored.at.pop();
	if (isFirst && namesSuspect(body.explanation)) stored.name = describeVariant(serviceReferenceVariant).name;
	if (userName !== null) stored.userName = userName;
	if (responseCode !== null) stored.responseCode = responseCode;
	if (deviceId !== body.deviceId) stored.device = deviceId;
	if (tier !== usualTier(body.explanation)) stored.tier = tier;
	if (relation !== usualRelation(deviceId, body.deviceId)) stored.relation = relation;
	if (anchor !== 'responded') stored.anchor = anchor;
	if (deltaSeconds !== usualDelta(anchor, stored.at)) stored.delta = deltaSeconds;
	if (fedBy !== 'installation') stored.fedBy = fedBy;
	if (basis.code === 'rule') stored.rule = basis.rule;
	else if (basis.code === 'named') stored.named = basis.by;
	else if (basis.code === 'learned') stored.within = basis.withinSeconds;
	if (further.length > 0) stored.more = further.map(codedReason);
	return stored;
}

function storedReference(reference: CommandReference, first: CandidateFacts | undefined): StoredReference {
	const { originatorId, counter, messageCode, requestId, instruction, instructions } = reference;
	const stored: StoredReference = {};
	if (originatorId !== null) stored.originator = originatorId === first?.userId ? 0 : originatorId;
	if (counter !== null) stored.counter = counter === first?.requestId.split(':')[2] ? 0 : counter;
	if (messageCode !== null) stored.code = messageCode;
	if (requestId !== null) stored.request = requestId === first?.requestId ? 0 : requestId;
	if (instruction !== null) stored.instruction = instruction;
	if (instructions !== null) stored.of = instructions;
	return stored;
}

function storedExcluded(facts: ExcludedFacts, deviceId: string): StoredExcluded {
	const { requestId, serviceReferenceVariant, userRole, userName, deltaSeconds, exclusion } = facts;
	const id = requestId.replace(`:${deviceId}:`, '::');
	const { reason } = exclusion;
	const values = valuesOf(exclusion);
	return [id, serviceReferenceVariant, userRole, userName, deltaSeconds, reason, ...values];
}

function valuesOf(exclusion: Exclusion): CodeValue[] {
	switch (exclusion.reason) {
		case 'never-reached-device':
		case 'succeeded':
		case 'failed':
		case 'read-succeeded':
			return [exclusion.responseCode];
		case 'outside-window':
			return [exclusion.deltaMs, exclusion.maxSeconds];
		case 'condition-not-met':
			return [exclusion.condition];
		case 'not-a-known-cause':
		case 'role-not-eligible':
		case 'not-named':
		case 'no-command-can':
			return [];
	}
}

function codedReason(reason: FurtherReason): Coded {
	switch (reason.code) {
		case 'same-hub':
			return [reason.code, reason.target];
		case 'condition-not-met':
			return [reason.code, reason.condition];
		case 'user-succeeded':
			return [reason.code, reason.variant];
		case 'relayed':
		case 'circumstantial':
			return reason.code;
	}
}

const codedNote = (note: Note): Coded =>
	note.code === 'issued-by-dcc' ? [note.code, note.variant] : note.code;
