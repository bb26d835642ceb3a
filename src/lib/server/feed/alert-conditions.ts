// Builds the SQL condition of the filters of Alerts, for lists and for selections. The browser applies the same filters to
// live rows (domain/alert-filter.ts).
import {
	OWN_ROLE,
	VALUE_FILTERS,
	exclusionOf,
	type AlertFilters,
	type ValueFilter
} from '#lib/domain/alert-filter.ts';
import { leastIdSince } from '#lib/server/postgres/record-id.ts';
import type { Values } from '#lib/server/postgres/statement.ts';
import { presentDevice } from './present-device.ts';

/** Returns the condition on `supplier_alert`, and the values of its parameters. Sort, limit and cursor are not part of it. */
export function alertConditions(
	supplierId: number,
	filters: AlertFilters
): { where: string; values: Values } {
	return {
		where: ['supplier_id = :supplierId', ...conditionsOf(filters)].join(' and '),
		values: {
			...filters,
			supplierId,
			pattern: filters.q && `%${escapeLike(filters.q)}%`,
			sinceId: filters.since && leastIdSince(Date.parse(filters.since))
		}
	};
}

/**
 * SQL: the model or the firmware of the Device of an Alert is one of `values`. Only Devices that the Supplier has now have
 * one: otherwise a filter would reveal what a Device of another Supplier is.
 */
const ofDevice = (attribute: 'model' | 'firmware', values: string): string => `exists (
	select from (${presentDevice("decode(replace(supplier_alert.device_id, '-', ''), 'hex')")}) d
	where d.${attribute} = any(${values}::text[])
)`;

/** SQL: the value of a column that is null in rows of before migration 0030. These rows are read from their bodies. */
export const TIER = `coalesce(tier, body #>> '{candidates,0,tier}')`;
export const AREA = `coalesce(area, body->>'area')`;
export const IS_OWN = `coalesce(own, exists (
	select from json_array_elements(body->'candidates') c where (c->>'own')::boolean
))`;

/** SQL: the Alert has one of `values` for this filter. The condition is never null. */
function hasOneOf(name: ValueFilter, values: string): string {
	switch (name) {
		case 'model':
		case 'firmware':
			return ofDevice(name, values);
		case 'user':
			return `users && ${values}::text[]`;
		case 'role':
			return `(roles && ${values}::text[] or ('${OWN_ROLE}' = any(${values}::text[]) and ${IS_OWN}))`;
		case 'tier':
			return `coalesce(${TIER} = any(${values}::text[]), false)`;
		case 'area':
			return `coalesce(${AREA} = any(${values}::text[]), false)`;
		default:
			return `${name} = any(${values}::text[])`;
	}
}

/** Yields the filters as SQL conditions, whose parameters have the names of the filters. */
function* conditionsOf(filters: AlertFilters): Iterable<string> {
	const { decision } = filters;
	for (const name of VALUE_FILTERS) {
		const not = exclusionOf(name);
		if (filters[name]?.length) yield hasOneOf(name, `:${name}`);
		if (filters[not]?.length) yield `not (${hasOneOf(name, `:${not}`)})`;
	}
	if (decision === 'none') yield 'decision is null';
	else if (decision === 'open') yield '(decision is null or contradicted)';
	else if (decision === 'contradicted') yield 'contradicted';
	else if (decision === 'any') yield 'decision is not null';
	else if (decision) yield `decision->>'verdict' = :decision`;
	if (filters.shelved === 'true') yield 'shelved_until is not null';
	else if (filters.shelved === 'false') yield 'shelved_until is null';
	if (filters.assignee === 'none') yield 'assignee is null';
	else if (filters.assignee) yield `assignee->>'id' = :assignee`;
	if (filters.priority) yield 'priority <= :priority';
	if (filters.priorityFrom) yield 'priority >= :priorityFrom';
	if (filters.device) yield 'device_id = :device';
	if (filters.hub) yield 'hub_id = :hub';
	if (filters.episode) yield 'episode_id = :episode::bigint';
	if (filters.since) yield 'effective_at >= :since and alert_id >= :sinceId';
	if (filters.until) yield 'effective_at < :until';
	if (filters.decidedUntil) yield `decision->>'at' < :decidedUntil`;
	if (filters.q)
		yield `(code ilike :pattern or device_id ilike :pattern or body->>'name' ilike :pattern or body->>'summary' ilike :pattern)`;
}

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');
