// Scores two simple ways to name a cause on the same corpus. The difference to them is the value of Causeway's rules.
import type { BaselineScore } from '#lib/domain/accuracy-report.ts';
import { causesOf, type CauseTable } from '#lib/domain/cause-table/cause-table.ts';
import { effectiveTime } from '#lib/domain/correlation/evidence.ts';
import type { AlertBody } from '../demo/events.ts';
import type { RequestPart } from './ledger.ts';
import { isFindable, type Truth } from './truth.ts';

/** A request as the audit data has it: all of its records merged. */
export interface KnownRequest {
	requestId: string;
	deviceId: string;
	variant: string;
	/** The earliest time of the request. Epoch ms. */
	requestedAt: number;
}

/** Names the suspected request by its RequestID. Returns `null` if the baseline names no request. */
export type Baseline = (alert: AlertBody, onDevice: readonly KnownRequest[]) => string | null;

const QUARTER_HOUR_MS = 15 * 60_000;

const alertTimeOf = ({ raisedAt, receivedAt, clockStatus }: AlertBody): number =>
	effectiveTime(
		raisedAt === null ? null : Date.parse(raisedAt),
		Date.parse(receivedAt),
		clockStatus as Parameters<typeof effectiveTime>[2]
	);

function nearest(requests: readonly KnownRequest[], at: number, withinMs: number): string | null {
	let best: KnownRequest | undefined;
	for (const request of requests) {
		const delay = at - request.requestedAt;
		if (delay >= 0 && delay <= withinMs && (!best || request.requestedAt > best.requestedAt)) best = request;
	}
	return best?.requestId ?? null;
}

/** Names the last request to the Device within the quarter of an hour before the Alert. */
export const nearest15min: Baseline = (alert, onDevice) =>
	nearest(onDevice, alertTimeOf(alert), QUARTER_HOUR_MS);

/** Names a request by the SRVs and windows of the cause table, and uses no other column of the table. */
export const tableOnly =
	(table: CauseTable): Baseline =>
	(alert, onDevice) => {
		const causes = causesOf(table, alert)?.causes ?? [];
		const at = alertTimeOf(alert);
		const fitting = onDevice.filter(({ variant, requestedAt }) =>
			causes.some((cause) => cause.variants.includes(variant) && at - requestedAt <= cause.maxSeconds * 1000)
		);
		return nearest(fitting, at, Infinity);
	};

/** Merges the records of each request and groups the requests by Device. */
export function byDevice(parts: readonly RequestPart[]): Map<string, KnownRequest[]> {
	const complete = new Map<string, RequestPart>();
	for (const part of parts) complete.set(part.requestId, { ...complete.get(part.requestId), ...part });
	const known = [...complete.values()].flatMap((request): KnownRequest[] => {
		const { requestId, requestedAt, serviceReferenceVariant } = request;
		if (!requestedAt) return [];
		const deviceId = requestId.split(':')[1]!;
		return [
			{ requestId, deviceId, variant: serviceReferenceVariant ?? '', requestedAt: Date.parse(requestedAt) }
		];
	});
	return Map.groupBy(known, (request) => request.deviceId);
}

/** Scores a baseline as Causeway is scored, without the Alerts that are out of scope. */
export function scoreBaseline(
	baseline: Baseline,
	truths: readonly Truth[],
	alerts: ReadonlyMap<string, AlertBody>,
	requests: ReadonlyMap<string, readonly KnownRequest[]>
): BaselineScore {
	let [named, right, found, findable] = [0, 0, 0, 0];
	for (const truth of truths) {
		if (truth.outOfScope) continue;
		const alert = alerts.get(truth.messageId)!;
		const name = baseline(alert, requests.get(alert.deviceId) ?? []);
		const isRight = name !== null && truth.requests.includes(name);
		if (name !== null) named++;
		if (isRight) right++;
		if (truth.kind === 'caused' && isFindable(truth)) {
			findable++;
			if (isRight) found++;
		}
	}
	return {
		precision: named === 0 ? 1 : right / named,
		recall: findable === 0 ? 1 : found / findable,
		wrongExplanations: named - right,
		named
	};
}
