// Adds Alerts to a selection by id, and takes Alerts out of it. All functions are pure.
import type { Alert } from '#lib/domain/alert.ts';

export interface Selected {
	/** The newest version of the Alert that the browser knows. */
	readonly alert: Alert;
	/** When the Alert was decided, as the person saw it when selecting it. `null`: it was not decided. */
	readonly decidedAt: string | null;
}

/** The selected Alerts, by id. */
export type SelectedAlerts = ReadonlyMap<string, Selected>;

export const NONE_SELECTED: SelectedAlerts = new Map();

export function withAlerts(selected: SelectedAlerts, alerts: Iterable<Alert>): SelectedAlerts {
	const next = new Map(selected);
	for (const alert of alerts)
		if (!next.has(alert.id)) next.set(alert.id, { alert, decidedAt: alert.decision?.at ?? null });
	return next;
}

export function withoutAlerts(selected: SelectedAlerts, alerts: Iterable<Alert>): SelectedAlerts {
	const next = new Map(selected);
	for (const { id } of alerts) next.delete(id);
	return next;
}

/** Replaces each selected Alert by its newer version. Returns the same selection if nothing is newer. */
export function withNewer(selected: SelectedAlerts, changes: readonly Alert[]): SelectedAlerts {
	const newer = changes.filter(({ id, version }) => version > (selected.get(id)?.alert.version ?? Infinity));
	if (newer.length === 0) return selected;
	const next = new Map(selected);
	for (const alert of newer) next.set(alert.id, { ...next.get(alert.id)!, alert });
	return next;
}

/** Returns whether another person decided the Alert after the person selected it. */
export const isDecidedSince = ({ alert, decidedAt }: Selected): boolean =>
	alert.decision !== null && alert.notice === null && alert.decision.at !== decidedAt;

export const idsOf = (alerts: Iterable<Pick<Alert, 'id'>>): ReadonlySet<string> =>
	new Set(Array.from(alerts, ({ id }) => id));
