// Writes the fields of a cause as the page shows them.
import type { Cause } from '#lib/domain/cause-table/cause-table.ts';
import type { VersionStatus } from '#lib/domain/cause-table/version.ts';
import type { WhatIf } from '#lib/domain/cause-table/what-if.ts';
import { formatSeconds } from '#lib/domain/wording.ts';

export const OUTCOMES: Record<Cause['outcome'], string> = {
	any: 'any',
	failure: 'failed',
	'failure-or-none': 'failed or none',
	'success-or-none': 'succeeded or none'
};
export const RELATIONS: Record<Cause['relation'], string> = {
	'same-device': 'same Device',
	'same-hub': 'home network'
};
export const ANCHORS: Record<Cause['anchor'], string> = {
	executed: 'execution',
	'responded-or-requested': 'response, else request',
	requested: 'request'
};
export const CONFIDENCES: Record<Cause['confidence'], string> = {
	specification: 'specification',
	strong: 'strong',
	weak: 'weak',
	circumstantial: 'circumstantial'
};
export const CONDITIONS = {
	'change-of-supplier': 'a change of Supplier',
	'credential-change': 'a change of credentials'
} as const;

export const STATUSES: Record<VersionStatus, string> = {
	draft: 'Draft',
	proposed: 'Proposed',
	active: 'Active',
	retired: 'Retired'
};

export const FIELDS: Record<string, string> = {
	guidance: 'Guidance',
	variants: 'SRVs',
	roles: 'Roles',
	outcome: 'Outcome',
	relation: 'Sent to',
	targetTypes: 'Types of the other Device',
	anchor: 'Counted from',
	minSeconds: 'Window: earliest',
	typicalSeconds: 'Window: typical',
	maxSeconds: 'Window: latest',
	condition: 'Only around',
	prior: 'Weight',
	confidence: 'Confidence',
	mechanism: 'Mechanism'
};

/** Writes a limit of the window: `2 s`, or `−8 h` if the Alert may come first. */
export const offsetText = (seconds: number): string =>
	(seconds < 0 ? '−' : '') + formatSeconds(Number.isFinite(seconds) ? seconds : 0);

/** Writes a limit of the window in rounded form. Adds the exact seconds if they differ: `2 h (7000 s)`. */
function windowText(seconds: number): string {
	const rounded = offsetText(seconds);
	const exact = `${seconds < 0 ? '−' : ''}${Math.abs(seconds)} s`;
	return rounded === exact ? rounded : `${rounded} (${exact})`;
}

/** Writes the value of a field of a cause. Returns `null` if the field has no value. */
export function fieldText(field: string, value: unknown): string | null {
	if (value === undefined || value === null) return null;
	if (field.endsWith('Seconds')) return windowText(Number(value));
	if (Array.isArray(value)) return value.length > 0 ? value.join(', ') : 'any';
	if (field === 'condition') return conditionText(value as NonNullable<Cause['condition']>);
	const words = { outcome: OUTCOMES, relation: RELATIONS, anchor: ANCHORS }[field];
	return (words as Record<string, string> | undefined)?.[String(value)] ?? String(value);
}

export const conditionText = ({ kind, beforeDays, afterDays }: NonNullable<Cause['condition']>): string =>
	`${CONDITIONS[kind]}, from ${beforeDays} d before to ${afterDays} d after`;

/** Writes how many Alerts a what-if would change, and of whom: `2 of your 30 Alerts`. */
export function changesText({ changed, total, suppliers }: WhatIf): string {
	const [part, all] = [
		changed === 0 ? 'None' : changed.toLocaleString('en-GB'),
		total.toLocaleString('en-GB')
	];
	if (suppliers === null) return `${part} of your ${all} Alerts`;
	return `${part} of ${all} Alerts of ${suppliers === 1 ? '1 Supplier' : `all ${suppliers} Suppliers`}`;
}

/** Writes an instant: `24 Nov, 02:14 UTC`. */
export const shortInstant = (iso: string): string =>
	`${new Date(iso).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })}, ${iso.slice(11, 16)} UTC`;
