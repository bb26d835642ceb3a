// Defines a Service Request: the header record of one SRV sent to one Device, from the Service Audit Trail. The schemas
// are the allow-list of fields: ingest drops and counts other fields before it stores anything.
import { z } from 'zod';
import { Counter, EUI64_FORMS, Eui64, Instant, formatEui64 } from './eui64.ts';
import type { Feeder } from './fed-by.ts';

/**
 * The User Role. IS, ES and GS are Suppliers, ED and GT network operators, RSA supplier agents, OU Other Users, and DCC
 * the DCC itself.
 */
const UserRole = z.string().trim().min(1).max(24);
export const RequestMode = z.enum(['on-demand', 'future-dated-dsp', 'future-dated-device', 'scheduled']);
export type RequestMode = z.infer<typeof RequestMode>;

const ServiceReferenceVariant = z
	.string()
	.trim()
	.regex(/^[0-9]{1,3}(\.[0-9]{1,3}){1,3}$/, 'must look like 6.5 or 6.15.1');
const ResponseCode = z
	.string()
	.trim()
	.regex(/^[A-Za-z][A-Za-z0-9]{0,15}$/, 'must look like I0 or E21');

const REQUEST_ID = new RegExp(`^\\s*(${EUI64_FORMS}):(${EUI64_FORMS}):(0|[1-9][0-9]{0,19})\\s*$`);
const REQUEST_ID_RULE = 'must be originator:target:counter, two EUI-64 and a decimal counter';

/**
 * A RequestID, `originator:target:counter` (DUIS XSD, RequestID). The schema accepts every form of an EUI-64 and returns
 * one form. Colons inside an EUI-64 are not ambiguous, because each form has a fixed number of hex pairs.
 */
export const RequestId = z
	.string(REQUEST_ID_RULE)
	.regex(REQUEST_ID, REQUEST_ID_RULE)
	.transform((text, ctx) => {
		const [, originator, target, counter] = REQUEST_ID.exec(text)!;
		if (Counter.safeParse(counter).success)
			return `${formatEui64(originator!)}:${formatEui64(target!)}:${counter}`;
		ctx.addIssue({ code: 'custom', message: REQUEST_ID_RULE });
		return z.NEVER;
	});

/** Returns the three parts of a RequestID. The schema `RequestId` must have accepted the RequestID. */
export function splitRequestId(requestId: string): { userId: string; deviceId: string; counter: string } {
	const [userId, deviceId, counter] = requestId.split(':') as [string, string, string];
	return { userId, deviceId, counter };
}

/** One audit-trail record as a client sends it. `deviceId` and `userId` default to the parts of `requestId`. */
export const ServiceRequestIn = z
	.object({
		requestId: RequestId,
		deviceId: Eui64.nullish(),
		userId: Eui64.nullish(),
		serviceReferenceVariant: ServiceReferenceVariant.nullish(),
		userRole: UserRole.nullish(),
		userName: z.string().trim().max(60).nullish(),
		commandVariant: z.coerce.number().int().min(1).max(9).nullish(),
		mode: RequestMode.nullish(),
		requestedAt: Instant.nullish(),
		executeAt: Instant.nullish(),
		respondedAt: Instant.nullish(),
		responseCode: ResponseCode.nullish(),
		source: z.string().trim().min(1).max(60).nullish()
	})
	.meta({ id: 'ServiceRequestIn' })
	.refine((r) => r.requestedAt ?? r.respondedAt, {
		path: ['requestedAt'],
		error: 'a record needs requestedAt, or respondedAt where it completes an earlier one'
	});
export type ServiceRequestIn = z.infer<typeof ServiceRequestIn>;

/**
 * A Service Request as Causeway stores it. Times are epoch ms (UTC); `null` means that the time or the value is not
 * known.
 */
export interface ServiceRequest {
	requestId: string;
	deviceId: string;
	userId: string;
	/** The 64-bit counter of the RequestID, as a decimal string. */
	counter: string;
	/** The SRV of the request. An empty text while only the Service Response is known. */
	serviceReferenceVariant: string;
	userRole: string;
	userName: string | null;
	mode: RequestMode;
	/** The time of the request (epoch ms). `null` while only the Service Response is known. */
	requestedAt: number | null;
	executeAt: number | null;
	respondedAt: number | null;
	responseCode: string | null;
	/** Who fed the record. A request whose parts have several feeders names all of them. */
	fedBy: readonly Feeder[];
}

/**
 * Completes requests with the same RequestID by each other. The parts of one request come from the installation and
 * from a Supplier's own key. The result does not depend on the order, and follows the rule by which ingest completes a
 * stored request (request-store.ts). Of two records by the same feeder, the later in the list counts.
 */
export function completeRequests(requests: readonly ServiceRequest[]): ServiceRequest[] {
	const complete = new Map<string, ServiceRequest>();
	for (const request of requests) {
		const other = complete.get(request.requestId);
		const isAnotherPart = other !== undefined && !haveSameFeeder(other, request);
		complete.set(request.requestId, isAnotherPart ? completed(other, request) : request);
	}
	return [...complete.values()];
}

const haveSameFeeder = (a: ServiceRequest, b: ServiceRequest): boolean =>
	a.fedBy.length === 1 && b.fedBy.length === 1 && a.fedBy[0] === b.fedBy[0];

function completed(a: ServiceRequest, b: ServiceRequest): ServiceRequest {
	const later = (a.respondedAt ?? -1) > (b.respondedAt ?? -1) ? a : b;
	const earlier = later === a ? b : a;
	return {
		requestId: a.requestId,
		counter: a.counter,
		deviceId: greatest(a.deviceId, b.deviceId)!,
		userId: greatest(a.userId, b.userId)!,
		serviceReferenceVariant: greatest(a.serviceReferenceVariant, b.serviceReferenceVariant)!,
		userRole: greatest(a.userRole, b.userRole)!,
		userName: greatest(a.userName, b.userName),
		// A part that names no mode counts as on demand.
		mode: a.mode === 'on-demand' ? b.mode : b.mode === 'on-demand' || a.mode < b.mode ? a.mode : b.mode,
		requestedAt:
			a.requestedAt === null || b.requestedAt === null
				? (a.requestedAt ?? b.requestedAt)
				: Math.min(a.requestedAt, b.requestedAt),
		executeAt: greatest(a.executeAt, b.executeAt),
		respondedAt: greatest(a.respondedAt, b.respondedAt),
		responseCode: later.responseCode ?? earlier.responseCode,
		fedBy: [...new Set([...a.fedBy, ...b.fedBy])]
	};
}

function greatest<T extends string | number>(a: T | null, b: T | null): T | null {
	if (a === null || b === null) return a ?? b;
	return a > b ? a : b;
}

/** Returns the instant that decides tenure and order (epoch ms): the time of the DCC's first record of the request. */
export const effectiveAt = (r: Pick<ServiceRequest, 'requestedAt' | 'respondedAt'>): number =>
	r.requestedAt ?? r.respondedAt!;
