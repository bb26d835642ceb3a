// Sums up the Alerts of an episode that stand on the desk: how many, on how many Devices, when, and the cause that all share.
import type { Alert } from '#lib/domain/alert.ts';
import { namesSuspect } from '#lib/domain/explanation-kind.ts';

/** The number of hours that the strip of an episode shows. */
export const STRIP_HOURS = 24;
const HOUR_MS = 3_600_000;

export interface EpisodeSummary {
	alerts: number;
	devices: number;
	/** The number of events that the Alerts stand for. `atLeast`: the DCC may have throttled more. */
	occurrences: number;
	atLeast: boolean;
	/** The most urgent priority. */
	priority: number;
	/** The instants of the first and of the last Alert (ISO). */
	firstAt: string;
	lastAt: string;
	/** An Alert that shows the cause of all Alerts. `null`: the Alerts have different causes. */
	commonCause: Alert | null;
	/** How many Alerts have a suspect. */
	explained: number;
	/** The codes of the Alerts with their names, the most frequent first. */
	codes: ReadonlyArray<{ code: string; name: string }>;
	/** The area that all Alerts share; `null`: different areas, or none. */
	area: string | null;
	/** The number of Alerts in each of the last 24 hours, the oldest hour first. */
	hours: readonly number[];
}

/** Sums up Alerts, at least one. `nowMs`: the end of the last hour of the strip (epoch ms). */
export function summaryOf(alerts: readonly Alert[], nowMs: number): EpisodeSummary {
	const [first] = alerts;
	const hours = new Array<number>(STRIP_HOURS).fill(0);
	const devices = new Set<string>();
	const codes = new Map<string, { code: string; name: string; alerts: number }>();
	const causes = new Set<string>();
	const areas = new Set<string | null>();
	let [occurrences, explained, priority] = [0, 0, Infinity];
	let [atLeast, firstAt, lastAt] = [false, first!.effectiveAt, first!.effectiveAt];
	for (const alert of alerts) {
		devices.add(alert.deviceId);
		areas.add(alert.area);
		causes.add(causeKey(alert));
		const { code, name } = alert;
		codes.set(code, { code, name, alerts: (codes.get(code)?.alerts ?? 0) + 1 });
		occurrences += alert.occurrences;
		if (alert.throttled) atLeast = true;
		if (namesSuspect(alert.explanation)) explained++;
		if (alert.priority < priority) priority = alert.priority;
		if (alert.effectiveAt < firstAt) firstAt = alert.effectiveAt;
		if (alert.effectiveAt > lastAt) lastAt = alert.effectiveAt;
		const hour = STRIP_HOURS - 1 - Math.floor((nowMs - Date.parse(alert.effectiveAt)) / HOUR_MS);
		if (hour >= 0) hours[Math.min(hour, STRIP_HOURS - 1)]!++;
	}
	return {
		alerts: alerts.length,
		devices: devices.size,
		occurrences,
		atLeast,
		priority,
		firstAt,
		lastAt,
		commonCause: causes.size === 1 ? first! : null,
		explained,
		codes: [...codes.values()].sort((a, b) => b.alerts - a.alerts),
		area: areas.size === 1 ? first!.area : null,
		hours
	};
}

/** Returns a key that two Alerts share if they have the same kind of explanation and the same suspect. */
function causeKey({ explanation, candidates: [best] }: Alert): string {
	if (!namesSuspect(explanation)) return explanation;
	return best ? `${best.userId} ${best.serviceReferenceVariant}` : explanation;
}
