// The command that an Alert names. A GBCS reference is originator, Device and counter; a DCC Alert gives the RequestID.
// The counter in an Alert's own header is the Device's and never a reference.
import { OUTCOME_CODES } from './command-outcome.ts';
import type { CommandReference } from '../command-reference.ts';
import type { AlertFacts } from './evidence.ts';
import { describeVariant, isIssuedByDcc, variantsOfMessageCode } from '../service-reference-variant.ts';
import { splitRequestId, type ServiceRequest } from '../service-request.ts';
import { distanceOf } from './window.ts';

export type ReferenceMatch =
	| { kind: 'none' }
	/** The Alert names a command that the audit data does not hold (yet); `why`, where it never can. */
	| { kind: 'missing'; why: string | null }
	| { kind: 'one'; request: ServiceRequest; how: string }
	/** The counter fits one request, but a counter is one User's, and nothing says whose it is. */
	| { kind: 'unsure'; request: ServiceRequest; how: string }
	/** Two Users used one counter, and the Alert does not say which: both are shown, never a guess. */
	| { kind: 'several'; requests: ServiceRequest[] };

/** An instruction reports within two hours of the time it was set for; clocks may differ by some seconds (ms). */
const EXECUTED_WITHIN = { before: 5000, after: 2 * 3_600_000 };
/** Any other Alert that names a command comes within a day of it (ms). */
const ANSWERED_WITHIN = 24 * 3_600_000;

export function matchReference(alert: AlertFacts, requests: readonly ServiceRequest[]): ReferenceMatch {
	const { reference } = alert;
	if (!reference || (!reference.requestId && !reference.counter)) return { kind: 'none' };
	if (reference.requestId) {
		const request = requests.find((r) => r.requestId === reference.requestId);
		return request
			? { kind: 'one', request, how: `the Alert names its RequestID` }
			: { kind: 'missing', why: null };
	}
	// An outcome goes back to the party whose command it was: who it was addressed to sent the command.
	const originator = reference.originatorId ?? (isOfHub(alert) ? null : alert.recipientId);
	const variants = variantsOf(reference);
	const counted = requests.filter(
		(request) =>
			request.counter === reference.counter &&
			wasSentTo(request, alert) &&
			(originator === null || originatorOf(request) === originator) &&
			(variants.length === 0 ||
				request.serviceReferenceVariant === '' ||
				variants.includes(request.serviceReferenceVariant))
	);
	const named = counted.filter((request) => !isIssuedByDcc(request.serviceReferenceVariant));
	const possible = originator === null ? named.filter((request) => isPossible(request, alert)) : named;
	if (possible.length > 1) return { kind: 'several', requests: possible };
	const [request] = possible;
	if (!request) return { kind: 'missing', why: whyNever(variants, counted) };
	const what = [
		`counter ${reference.counter}`,
		reference.messageCode && `message code ${reference.messageCode}`
	].filter(Boolean);
	const how = `the Alert names the command: ${what.join(', ')}`;
	if (originator !== null || isCorroborated(request, alert, variants)) return { kind: 'one', request, how };
	return { kind: 'unsure', request, how: `${how}, and not whose it is` };
}

/** The SRVs that the named message code stands for; none where it is not given or not known. */
export const variantsOf = ({ messageCode }: CommandReference): readonly string[] =>
	messageCode ? variantsOfMessageCode(messageCode) : [];

const isOutcome = ({ code }: AlertFacts): boolean =>
	code === OUTCOME_CODES.done || code === OUTCOME_CODES.failed;

/** Only what a Device can hold until its time reports its outcome later (twelve SRVs), and not before that time. */
function isPossible(
	{ serviceReferenceVariant: variant, executeAt }: ServiceRequest,
	alert: AlertFacts
): boolean {
	if (!isOutcome(alert)) return true;
	const held = variant === '' || ['device', 'both', 'unknown'].includes(holderOf(variant));
	return held && (executeAt === null || alert.clockStatus !== 'reliable' || isExecutedAt(executeAt, alert));
}

const holderOf = (variant: string): string => {
	const { known, futureDated } = describeVariant(variant);
	return known ? futureDated : 'unknown';
};

const isExecutedAt = (executeAt: number, { effectiveAt }: AlertFacts): boolean =>
	effectiveAt >= executeAt - EXECUTED_WITHIN.before && effectiveAt <= executeAt + EXECUTED_WITHIN.after;

/** What makes a counter sure without its User: the SRV is the one named, and it was due just then. */
function isCorroborated(request: ServiceRequest, alert: AlertFacts, variants: readonly string[]): boolean {
	if (!variants.includes(request.serviceReferenceVariant)) return false;
	if (!isOutcome(alert)) return distanceOf(request, alert.effectiveAt) <= ANSWERED_WITHIN;
	return request.executeAt !== null && isExecutedAt(request.executeAt, alert);
}

/**
 * The DCC issues some commands under its own id and counter (GBCS CS02 by the recovery and CoS parties, KRP reads): the
 * counter that the Alert names is then the DCC's, and a User's equal counter is chance.
 */
function whyNever(variants: readonly string[], counted: readonly ServiceRequest[]): string | null {
	const code = variants.length > 0 && variants.every(isIssuedByDcc) ? variants[0] : undefined;
	const variant = code ?? counted[0]?.serviceReferenceVariant;
	return variant && isIssuedByDcc(variant)
		? `The DCC issues ${variant} under its own counter, so that no counter leads to the Service Request.`
		: null;
}

const originatorOf = (request: ServiceRequest): string => splitRequestId(request.requestId).userId;

const LOST_ON_THE_WAY: ReadonlySet<string> = new Set(['8F2C', '8F84']);
/** Messages that a hub could not hand on: it tells of a command to another Device of its home network. */
const isOfHub = ({ code }: AlertFacts): boolean => LOST_ON_THE_WAY.has(code);

const wasSentTo = (request: ServiceRequest, alert: AlertFacts): boolean =>
	request.deviceId === alert.deviceId ||
	splitRequestId(request.requestId).deviceId === alert.deviceId ||
	isOfHub(alert);
