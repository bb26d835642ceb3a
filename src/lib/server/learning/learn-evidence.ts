// learn-evidence: counts what stood before Alerts, behind the hot path, and gives way to it. What it counts depends on
// the set of Alerts and Service Requests alone (src/lib/domain/learned-evidence.ts).
import { LEARN_WITHIN, isSampled, sightingsOf } from '#lib/domain/learned-evidence.ts';
import { tenureAt } from '#lib/domain/tenure.ts';
import type { Backlog } from '#lib/server/jobs/backlog.ts';
import { inTransaction } from '#lib/server/postgres/database.ts';
import { loadSurroundings } from '#lib/server/evidence/evidence-store.ts';
import { readSampling, replaceSamples, takeDue, type Sample, type Sampling } from './learned-counts.ts';
import type { RequestIndex } from '#lib/server/evidence/request-index.ts';
import type pg from 'pg';
import { requestsAround } from '#lib/server/evidence/requests-around.ts';

const MOST = 1000;

export interface LearnDeps {
	pool: pg.Pool;
	index: RequestIndex;
	/** Brought up to date here, for all who have something counted. */
	sampling: Sampling;
	/** While Alerts wait to be explained, counting waits. */
	backlog: Pick<Backlog, 'isPressed'>;
}

/** Counts what is due. Of several workers one does it. Returns how many occasions it has looked at. */
export async function learnEvidence(deps: LearnDeps): Promise<number> {
	Object.assign(deps.sampling, await readSampling(deps.pool));
	let count = 0;
	while (!deps.backlog.isPressed) {
		const looked = await step(deps);
		if (looked === null) break;
		count += looked;
	}
	return count;
}

async function step({ pool, index, sampling }: LearnDeps): Promise<number | null> {
	return inTransaction(pool, async (client) => {
		const occasions = await takeDue(client, MOST);
		if (occasions === null) return null;
		if (occasions.length > 0) {
			const around = await loadSurroundings(
				client,
				occasions.map((o) => o.alertId)
			);
			// What was due before there were so many Devices, or has come to another home, may be of any.
			const alerts = around.alerts.filter((a) => isSampled(a.hubId ?? a.deviceId, sampling.share));
			const requests = await requestsAround(client, index, { ...around, alerts }, (alert) => ({
				devices: [alert.deviceId, ...(alert.hubId ? (around.homes.get(alert.hubId) ?? []) : [])],
				since: alert.effectiveAt - LEARN_WITHIN
			}));
			const byAlert = new Map(occasions.map((o) => [o.alertId, o]));
			const samples = alerts.flatMap((alert): Sample[] => {
				const { deviceId, code, hour } = byAlert.get(alert.id)!;
				const tenures = around.devices.get(alert.deviceId)?.tenures ?? [];
				const supplierId = tenureAt(tenures, alert.effectiveAt)?.supplierId;
				if (supplierId === undefined || alert.deviceType === null) return [];
				const viewer = { supplierId, userIds: around.userIds.get(supplierId) ?? new Set<string>() };
				const evidence = { alert, requests: requests.of(alert), home: around.devices, viewer };
				return [
					{
						supplierId,
						deviceId,
						code,
						hour,
						deviceType: alert.deviceType,
						sightings: sightingsOf(evidence)
					}
				];
			});
			await replaceSamples(client, occasions, samples);
		}
		return occasions.length;
	});
}
