// Counts which Service Requests come before Alerts (job learn-evidence, started by a timer). Counting pauses while many
// Alerts wait to be explained. The counts depend only on the set of Alerts and Service Requests, and not on their order
// (src/lib/domain/learned-evidence.ts).
import type pg from 'pg';
import { LEARNING_WINDOW_MS, isSampled, sightingsOf } from '#lib/domain/learned-evidence.ts';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import {
	loadContext,
	seenBy,
	type AlertContext,
	type SeenAlert
} from '#lib/server/evidence/alert-context.ts';
import type { HomeView } from '#lib/server/evidence/home-view.ts';
import { findNearbyRequests } from '#lib/server/evidence/nearby-requests.ts';
import type { RequestIndex } from '#lib/server/evidence/request-index.ts';
import type { Backlog } from '#lib/server/jobs/backlog.ts';
import { inTransaction } from '#lib/server/postgres/transaction.ts';
import {
	replaceSamples,
	takeDue,
	type FollowedSampling,
	type Occasion,
	type Sample
} from './learned-counts.ts';

/** The greatest number of due Alerts and Service Requests together in one step. */
const DUE_PER_STEP = 1000;

export interface LearnDeps {
	pool: pg.Pool;
	index: RequestIndex;
	sampling: FollowedSampling;
	/** The backlog. Counting pauses while `isPressed`: many Alerts wait to be explained. */
	backlog: Pick<Backlog, 'isPressed'>;
}

/** Counts the due occasions. Only one worker counts at a time. Returns the number of occasions counted. */
export async function learnEvidence(deps: LearnDeps): Promise<number> {
	await deps.sampling.refresh();
	let count = 0;
	while (!deps.backlog.isPressed) {
		const counted = await step(deps);
		if (counted === null) break;
		count += counted;
	}
	return count;
}

/**
 * Counts one set of due occasions, and returns their number. Returns `null` if nothing is due or another worker counts.
 */
async function step({ pool, index, sampling }: LearnDeps): Promise<number | null> {
	return inTransaction(pool, async (client) => {
		const occasions = await takeDue(client, DUE_PER_STEP);
		if (occasions === null || occasions.length === 0) return occasions && 0;
		const context = await loadContext(
			client,
			occasions.map((occasion) => occasion.alertId)
		);
		const byAlert = new Map(occasions.map((occasion) => [occasion.alertId, occasion]));
		const sampled = sampledAlerts(context, sampling.share);
		const nearby = await findNearbyRequests(
			client,
			index,
			sampled.map(({ alert, view }) => ({
				deviceIds: [alert.deviceId, ...(alert.hubId ? (view.homes.get(alert.hubId) ?? []) : [])],
				since: alert.effectiveAt - LEARNING_WINDOW_MS
			}))
		);
		const samples = sampled.flatMap(
			(one, place) => sampleOf(one, byAlert.get(one.alert.id)!, context, nearby.of(place)) ?? []
		);
		await replaceSamples(client, occasions, samples);
		return occasions.length;
	});
}

/** An Alert, the Supplier that was responsible for its Device, and the home networks as this Supplier knows them. */
interface SampledAlert {
	supplierId: number;
	view: HomeView;
	alert: SeenAlert;
}

/**
 * Returns the Alerts of sampled homes that have a responsible Supplier. Since the occasion became due, the share of
 * sampled homes may have become smaller, or the Device may have moved to another home. So the sampling is checked again.
 */
const sampledAlerts = ({ alerts, inventory }: AlertContext, share: number): SampledAlert[] =>
	alerts.flatMap((alert) => {
		if (!isSampled(inventory.sampledHomeOf(alert.deviceId), share)) return [];
		const supplierId = inventory.responsibleFor(alert.deviceId, alert.effectiveAt);
		if (supplierId === undefined || (alert.isWalled && alert.fedBy !== supplierId)) return [];
		const view = inventory.viewOf(supplierId);
		return [{ supplierId, view, alert: seenBy(view, alert) }];
	});

/** Builds the sample of an occasion; `null`: the Device is unknown to the Supplier. */
function sampleOf(
	{ supplierId, view, alert }: SampledAlert,
	{ deviceId, code, hour }: Occasion,
	{ userIds }: AlertContext,
	requests: readonly ServiceRequest[]
): Sample | null {
	if (alert.deviceType === null) return null;
	const viewer = { supplierId, userIds: userIds.get(supplierId) ?? new Set<string>() };
	const sightings = sightingsOf({ alert, requests, home: view.devices, viewer });
	return { supplierId, deviceId, code, hour, deviceType: alert.deviceType, sightings };
}
