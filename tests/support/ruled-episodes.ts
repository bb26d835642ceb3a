// Compares the episodes that the API shows with those that the rule makes of all Alerts at once.
import { expect } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import { episodesOf, groupKeys, type Grouped } from '#lib/domain/episode-rule.ts';
import { namesSuspect } from '#lib/domain/explanation-kind.ts';
import { IMAGE, MODEL } from './alert-histories.ts';
import { allAlerts, allEpisodes } from './supplier-reads.ts';
import type { System } from './system.ts';

/**
 * Checks the members and the figures of the episodes of both Suppliers. The Alerts are those of a history
 * (alert-histories.ts), and `images` are the messages that report the firmware image. Returns the Alerts of each Supplier.
 */
export async function expectEpisodesOfRule(system: System, images: ReadonlySet<string>) {
	return {
		brightwell: await expectOwnEpisodes(system, 'brightwell', images),
		halden: await expectOwnEpisodes(system, 'halden', images)
	};
}

async function expectOwnEpisodes(
	system: System,
	supplier: 'brightwell' | 'halden',
	images: ReadonlySet<string>
): Promise<Alert[]> {
	const alerts = await allAlerts(system, supplier);
	const byId = new Map(alerts.map((alert) => [alert.id, alert]));
	const ruled = episodesOf(alerts.map((alert) => groupedAlert(alert, images.has(alert.messageId))));
	const idsOf = (ids: readonly bigint[]) => ids.map(String).sort().join(' ');
	const found = Map.groupBy(
		alerts.filter(({ episodeId }) => episodeId !== null),
		(alert) => alert.episodeId!
	);
	expect([...found.values()].map((own) => idsOf(own.map(({ id }) => BigInt(id)))).sort()).toEqual(
		ruled.map(({ alertIds }) => idsOf(alertIds)).sort()
	);
	const figures = ruled
		.filter(({ isShown }) => isShown)
		.map(({ alertIds }) => {
			const own = alertIds.map((id) => byId.get(id.toString())!);
			const times = own.map(({ effectiveAt }) => effectiveAt).sort();
			return {
				members: own.length,
				devices: new Set(own.map(({ deviceId }) => deviceId)).size,
				occurrences: own.reduce((sum, { occurrences }) => sum + occurrences, 0),
				atLeast: own.some(({ throttled }) => throttled),
				priority: Math.min(...own.map(({ priority }) => priority)),
				firstAt: times[0],
				lastAt: times.at(-1)
			};
		});
	const shown = (await allEpisodes(system, supplier)).map((one) => ({
		members: one.members,
		devices: one.devices,
		occurrences: one.occurrences,
		atLeast: one.atLeast,
		priority: one.priority,
		firstAt: one.firstAt,
		lastAt: one.lastAt
	}));
	const sorted = (list: readonly object[]) => list.map((one) => JSON.stringify(one)).sort();
	expect(sorted(shown)).toEqual(sorted(figures));
	return alerts;
}

const groupedAlert = (alert: Alert, reportsImage: boolean): Grouped => ({
	alertId: BigInt(alert.id),
	deviceId: alert.deviceId,
	at: Date.parse(alert.effectiveAt),
	keys: groupKeys({
		...alert,
		...MODEL,
		imageHash: reportsImage ? IMAGE : null,
		suspect: namesSuspect(alert.explanation) ? (alert.candidates[0] ?? null) : null
	})
});
