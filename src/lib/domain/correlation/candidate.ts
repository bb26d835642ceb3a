// Builds the facts that are shown of Service Requests beside an Alert: candidates and excluded requests.
import type { Tier } from '../alert.ts';
import { fedBy } from '../fed-by.ts';
import { effectiveAt, type ServiceRequest } from '../service-request.ts';
import { discloseSender } from './disclosure.ts';
import type { Evidence } from './evidence.ts';
import type { CandidateFacts, ExcludedFacts, Exclusion, Naming } from './explanation-facts.ts';
import { distanceMs, isNear } from './window.ts';

export const MAX_CANDIDATES = 5;
export const MAX_EXCLUDED = 10;

/** Builds the candidate for a request that the Alert names. `by` says by which fields the Alert names the request. */
export function exactCandidate(
	request: ServiceRequest,
	evidence: Evidence,
	tier: Tier,
	by: Naming
): CandidateFacts {
	const { alert } = evidence;
	const at = request.executeAt ?? request.respondedAt ?? effectiveAt(request);
	const deltaSeconds = Math.round((alert.effectiveAt - at) / 1000);
	const anchor =
		request.executeAt !== null ? 'executed' : request.respondedAt !== null ? 'responded' : 'requested';
	const relation = request.deviceId === alert.deviceId ? 'same-device' : 'same-hub';
	return {
		...requestFacts(request, evidence),
		tier,
		relation,
		deltaSeconds,
		anchor,
		basis: { code: 'named', by },
		further: []
	};
}

/** Returns the facts that are shown of a request that may be the cause. */
export function requestFacts(request: ServiceRequest, evidence: Evidence) {
	return {
		...senderFacts(request, evidence),
		deviceId: request.deviceId,
		serviceReferenceVariant: request.serviceReferenceVariant,
		own: evidence.viewer.userIds.has(request.userId),
		requestedAt: request.requestedAt,
		executeAt: request.executeAt,
		respondedAt: request.respondedAt,
		responseCode: request.responseCode,
		fedBy: fedBy(request.fedBy)
	};
}

/** Returns the facts that are shown of an excluded request. */
export function excludedFacts(
	request: ServiceRequest,
	evidence: Evidence,
	exclusion: Exclusion
): ExcludedFacts {
	const { requestId, userRole, userName } = senderFacts(request, evidence);
	return {
		requestId,
		serviceReferenceVariant: request.serviceReferenceVariant,
		userRole,
		userName,
		deltaSeconds: Math.round((evidence.alert.effectiveAt - effectiveAt(request)) / 1000),
		exclusion
	};
}

/** Returns the facts about the sender that the viewer may know. */
const senderFacts = (request: ServiceRequest, { viewer, roleOnly }: Evidence) =>
	discloseSender(request, roleOnly.has(request.userRole) && !viewer.userIds.has(request.userId));

/** Returns the requests nearest to the Alert in time, at most ten, all excluded for the same reason. */
export function excludedOf(
	requests: readonly ServiceRequest[],
	evidence: Evidence,
	exclusion: Exclusion
): ExcludedFacts[] {
	const { alert } = evidence;
	const distance = (request: ServiceRequest) => distanceMs(request, alert.effectiveAt);
	return requests
		.filter((request) => isNear(request, alert.effectiveAt, undefined))
		.sort((a, b) => distance(a) - distance(b) || byId(a, b))
		.slice(0, MAX_EXCLUDED)
		.map((request) => excludedFacts(request, evidence, exclusion));
}

/** Orders requests by RequestID, so that no result depends on the order of arrival. */
export const byId = (a: { requestId: string }, b: { requestId: string }): number =>
	a.requestId < b.requestId ? -1 : a.requestId > b.requestId ? 1 : 0;
