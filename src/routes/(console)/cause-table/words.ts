// Writes the fields of a cause as the page shows them.
import type { Cause } from '#lib/domain/cause-table/cause-table.ts';
import type { VersionStatus } from '#lib/domain/cause-table/version.ts';
import type { WhatIf } from '#lib/domain/cause-table/what-if.ts';
import type { ChangeKind } from '#lib/domain/cause-table/diff.ts';
import { formatSeconds } from '#lib/domain/wording.ts';
import { tierName } from '#lib/ui/alert-words.ts';
import { formatTag } from '#lib/ui/language.ts';
import * as messages from '#messages/cause-table.ts';

type Words<Name extends string> = Record<Name, () => string>;

export const OUTCOMES: Words<Cause['outcome']> = {
	any: messages.any,
	failure: messages.outcome_failure,
	'failure-or-none': messages.outcome_failure_or_none,
	'success-or-none': messages.outcome_success_or_none
};
export const RELATIONS: Words<Cause['relation']> = {
	'same-device': messages.same_device,
	'same-hub': messages.same_hub
};
export const ANCHORS: Words<Cause['anchor']> = {
	executed: messages.anchor_executed,
	'responded-or-requested': messages.anchor_responded,
	requested: messages.anchor_requested
};
export const CONFIDENCES: Words<Cause['confidence']> = {
	specification: messages.confidence_specification,
	strong: () => tierName('strong'),
	weak: () => tierName('weak'),
	circumstantial: messages.confidence_circumstantial
};
export const CONDITIONS: Words<NonNullable<Cause['condition']>['kind']> = {
	'change-of-supplier': messages.change_of_supplier,
	'credential-change': messages.credential_change
};

export const STATUSES: Words<VersionStatus> = {
	draft: messages.status_draft,
	proposed: messages.status_proposed,
	active: messages.status_active,
	retired: messages.status_retired
};

export const CHANGES: Words<ChangeKind> = {
	added: messages.kind_added,
	removed: messages.kind_removed,
	changed: messages.kind_changed
};

export const FIELDS = {
	guidance: messages.guidance,
	variants: messages.variants,
	roles: messages.roles,
	outcome: messages.outcome,
	relation: messages.relation,
	targetTypes: messages.target_types,
	anchor: messages.anchor,
	minSeconds: messages.window_earliest,
	typicalSeconds: messages.window_typical,
	maxSeconds: messages.window_latest,
	condition: messages.only_around,
	prior: messages.weight,
	confidence: messages.confidence,
	mechanism: messages.mechanism
};
/** Names a field of a row or of a cause. */
export const fieldName = (field: string): string =>
	field in FIELDS ? FIELDS[field as keyof typeof FIELDS]() : field;

/** The fields that hold sentences of the table, which are English. */
export const isSentence = (field: string): boolean => field === 'guidance' || field === 'mechanism';

/** Whether a field is a limit of the window. */
export const isWindow = (field: string): boolean =>
	['minSeconds', 'typicalSeconds', 'maxSeconds'].includes(field);

/** Writes a list of what a cause allows. An empty list allows anything. */
export const listText = (items: readonly string[]): string => items.join(', ') || messages.any();

/** Writes a limit of the window: `2 s`, or `−8 h` if the Alert may come first. */
export const offsetText = (seconds: number): string =>
	(seconds < 0 ? '−' : '') + formatSeconds(Number.isFinite(seconds) ? seconds : 0);

/** Writes a limit of the window in rounded form. Adds the exact seconds if they differ: `2 h (7000 s)`. */
function windowText(seconds: number): string {
	const rounded = offsetText(seconds);
	const exact = `${seconds < 0 ? '−' : ''}${Math.abs(seconds)}`;
	const [number, unit] = rounded.split(' ');
	return number === exact && unit === 's' ? rounded : messages.exact_seconds({ rounded, seconds: exact });
}

/** Writes the value of a field of a cause. Returns `null` if the field has no value. */
export function fieldText(field: string, value: unknown): string | null {
	if (value === undefined || value === null) return null;
	if (isWindow(field)) return windowText(Number(value));
	if (Array.isArray(value)) return listText(value);
	if (field === 'condition') return conditionText(value as NonNullable<Cause['condition']>);
	const words = { outcome: OUTCOMES, relation: RELATIONS, anchor: ANCHORS, confidence: CONFIDENCES }[field];
	return (words as Words<string> | undefined)?.[String(value)]?.() ?? String(value);
}

export const conditionText = ({ kind, beforeDays, afterDays }: NonNullable<Cause['condition']>): string =>
	messages.condition({ condition: CONDITIONS[kind](), before: beforeDays, after: afterDays });

/** Writes how many Alerts a what-if would change, and of whom: `2 of your 30 Alerts`. */
export const changesText = ({ changed, total, suppliers }: WhatIf): string =>
	suppliers === null
		? messages.changes_of_yours({ changed, total })
		: messages.changes_of_suppliers({ changed, total, suppliers });

/** Writes an instant: `24 Nov, 02:14 UTC`. */
export const shortInstant = (iso: string): string =>
	`${new Date(iso).toLocaleDateString(formatTag(), { day: 'numeric', month: 'short', timeZone: 'UTC' })}, ${iso.slice(11, 16)} UTC`;
