// Finds the Service Request that an Alert names. A GBCS Alert names the request by originator, Device and counter; a
// DCC Alert names the request by RequestID. The counter in an Alert's own header belongs to the Device and is never a
// reference.
import type { CommandReference } from '../command-reference.ts';
import { describeVariant, isIssuedByDcc, variantsOfMessageCode } from '../service-reference-variant.ts';
import { splitRequestId, type ServiceRequest } from '../service-request.ts';
import { OUTCOME_CODES } from './command-outcome.ts';
import type { AlertFacts } from './evidence.ts';
import type { Naming } from './explanation-facts.ts';
import { distanceMs } from './window.ts';

export type ReferenceMatch =
	| { kind: 'none' }
	/**
	 * The audit data does not hold the named command. `issuedByDcc`: the SRV of a command that the DCC issues under its
	 * own counter, so that the audit data can never hold it; `null`: the command may still arrive.
	 */
	| { kind: 'missing'; issuedByDcc: string | null }
	| { kind: 'one'; request: ServiceRequest; by: Naming }
	/**
	 * The counter fits one request, but the Alert does not name the User. Each User has its own counters, so the match
	 * is unsure.
	 */
	| { kind: 'unsure'; request: ServiceRequest; by: Naming }
	/**
	 * Several requests have the counter, and the Alert does not name the User. The explanation shows all requests with
	 * the counter.
	 */
	| { kind: 'several'; requests: ServiceRequest[] };

/**
 * How far an Alert may lie from the execution time of the instruction that it reports (ms). An instruction reports
 * within two hours after its execution time, and clocks may differ by some seconds.
 */
const EXECUTION_WINDOW_MS = { before: 5000, after: 2 * 3_600_000 };
/** How far any other Alert that names a command may lie from the command (ms): a day. */
const NAMED_COMMAND_WINDOW_MS = 24 * 3_600_000;

/**
 * Finds the request that the Alert names. `requests`: the requests that the viewer may see.
 */
export function matchReference(alert: AlertFacts, requests: readonly ServiceRequest[]): ReferenceMatch {
	const { reference } = alert;
	if (!reference || (!reference.requestId && !reference.counter)) return { kind: 'none' };
	if (reference.requestId) {
		const request = requests.find((r) => r.requestId === reference.requestId);
		return request ? { kind: 'one', request, by: 'request-id' } : { kind: 'missing', issuedByDcc: null };
	}
	// A Device sends the outcome to the sender of the command, so the recipient of the Alert is the originator of the
	// command.
	const originator = reference.originatorId ?? (isAboutHomeNetwork(alert) ? null : alert.recipientId);
	const variants = variantsOf(reference);
	const sameCounter = requests.filter(
		(request) =>
			request.counter === reference.counter &&
			wasSentTo(request, alert) &&
			(originator === null || originatorOf(request) === originator) &&
			(variants.length === 0 ||
				request.serviceReferenceVariant === '' ||
				variants.includes(request.serviceReferenceVariant))
	);
	const named = sameCounter.filter((request) => !isIssuedByDcc(request.serviceReferenceVariant));
	const possible = originator === null ? named.filter((request) => isPossible(request, alert)) : named;
	if (possible.length > 1) return { kind: 'several', requests: possible };
	const [request] = possible;
	if (!request) return { kind: 'missing', issuedByDcc: variantIssuedByDcc(variants, sameCounter) };
	if (originator !== null || isCorroborated(request, alert, variants))
		return { kind: 'one', request, by: 'counter' };
	return { kind: 'unsure', request, by: 'counter-without-user' };
}

/**
 * Returns the SRVs of the message code in the reference. Returns an empty list if the message code is missing or not
 * known.
 */
export const variantsOf = ({ messageCode }: CommandReference): readonly string[] =>
	messageCode ? variantsOfMessageCode(messageCode) : [];

const isOutcome = ({ code }: AlertFacts): boolean =>
	code === OUTCOME_CODES.done || code === OUTCOME_CODES.failed;

/**
 * Returns whether an outcome Alert can belong to this request. Only the twelve SRVs that a Device can store report
 * their outcome later, and never before the execution time.
 */
function isPossible(
	{ serviceReferenceVariant: variant, executeAt }: ServiceRequest,
	alert: AlertFacts
): boolean {
	if (!isOutcome(alert)) return true;
	const timeFits = executeAt === null || alert.clockStatus !== 'reliable' || isExecutedAt(executeAt, alert);
	return timeFits && (variant === '' || mayBeStoredByDevice(variant));
}

/**
 * Returns whether a Device may store a command of this SRV until its execution time. Returns true for an unknown SRV.
 */
function mayBeStoredByDevice(variant: string): boolean {
	const { known, futureDated } = describeVariant(variant);
	return !known || futureDated === 'device' || futureDated === 'both';
}

const isExecutedAt = (executeAt: number, { effectiveAt }: AlertFacts): boolean =>
	effectiveAt >= executeAt - EXECUTION_WINDOW_MS.before &&
	effectiveAt <= executeAt + EXECUTION_WINDOW_MS.after;

/** Returns whether the counter is sure without the User, because the request has the named SRV and the time fits. */
function isCorroborated(request: ServiceRequest, alert: AlertFacts, variants: readonly string[]): boolean {
	if (!variants.includes(request.serviceReferenceVariant)) return false;
	if (!isOutcome(alert)) return distanceMs(request, alert.effectiveAt) <= NAMED_COMMAND_WINDOW_MS;
	return request.executeAt !== null && isExecutedAt(request.executeAt, alert);
}

/**
 * Returns the SRV whose counter can never identify a Service Request. Returns `null` if the counter can. The DCC issues some
 * commands under its own id and counter (GBCS CS02 by the recovery and CoS parties, KRP reads). The Alert then names
 * the DCC's counter, and an equal counter of a User is a coincidence.
 */
function variantIssuedByDcc(
	variants: readonly string[],
	sameCounter: readonly ServiceRequest[]
): string | null {
	const named = variants.length > 0 && variants.every(isIssuedByDcc) ? variants[0] : undefined;
	const variant = named ?? sameCounter[0]?.serviceReferenceVariant;
	return variant && isIssuedByDcc(variant) ? variant : null;
}

const originatorOf = (request: ServiceRequest): string => splitRequestId(request.requestId).userId;

const UNDELIVERED_MESSAGE_CODES: ReadonlySet<string> = new Set(['8F2C', '8F84']);
/**
 * Returns whether the Alert is a hub's report of a command that the hub could not deliver to another Device of its home
 * network.
 */
const isAboutHomeNetwork = ({ code }: AlertFacts): boolean => UNDELIVERED_MESSAGE_CODES.has(code);

const wasSentTo = (request: ServiceRequest, alert: AlertFacts): boolean =>
	request.deviceId === alert.deviceId ||
	splitRequestId(request.requestId).deviceId === alert.deviceId ||
	isAboutHomeNetwork(alert);
