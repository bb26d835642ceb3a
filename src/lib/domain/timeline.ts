// Defines the timeline of a Device: Alerts, Service Requests and tenures in order of time.
import { z } from 'zod';
import { ExplanationKind } from './explanation-kind.ts';
import { FedBy } from './fed-by.ts';

const nullable = z.string().nullable();

export const TimelineItem = z.discriminatedUnion('kind', [
	z.object({
		kind: z.literal('alert'),
		at: z.string(),
		id: z.string(),
		code: z.string(),
		name: z.string(),
		explanation: ExplanationKind,
		receivedAt: z.string()
	}),
	z.object({
		kind: z.literal('service-request'),
		at: z.string(),
		requestId: z.string(),
		deviceId: z.string(),
		serviceReferenceVariant: z.string(),
		name: z.string(),
		userId: z.string(),
		userRole: z.string(),
		userName: nullable,
		own: z.boolean(),
		requestedAt: nullable,
		executeAt: nullable,
		respondedAt: nullable,
		responseCode: nullable,
		/**
		 * When Causeway first stored the request, to about a minute. The audit trail may deliver a request much later
		 * than it happened.
		 */
		storedAt: z.string(),
		fedBy: FedBy
	}),
	z.object({ kind: z.literal('tenure'), at: z.string(), from: z.string(), to: nullable })
]);
export type TimelineItem = z.infer<typeof TimelineItem>;

export const Timeline = z.object({ items: z.array(TimelineItem) });
