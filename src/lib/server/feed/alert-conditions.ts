// Builds the SQL condition of the filters of Alerts, for lists and for selections. The browser applies the same filters to
// live rows (domain/alert-filter.ts).
import type { AlertFilters } from '#lib/domain/alert-filter.ts';
import type { Values } from '#lib/server/postgres/statement.ts';

/** Returns the condition on `supplier_alert`, and the values of its parameters. Sort, limit and cursor are not part of it. */
export function alertConditions(
	supplierId: number,
	filters: AlertFilters
): { where: string; values: Values } {
	return {
		where: ['supplier_id = :supplierId', ...conditionsOf(filters)].join(' and '),
		values: { ...filters, supplierId, pattern: filters.q && `%${escapeLike(filters.q)}%` }
	};
}

/** Yields the filters as SQL conditions, whose parameters have the names of the filters. */
function* conditionsOf(filters: AlertFilters): Iterable<string> {
	const { decision } = filters;
	if (filters.explanation?.length) yield 'explanation = any(:explanation)';
	if (decision === 'none') yield 'decision is null';
	else if (decision === 'open') yield '(decision is null or contradicted)';
	else if (decision === 'contradicted') yield 'contradicted';
	else if (decision === 'any') yield 'decision is not null';
	else if (decision) yield `decision->>'verdict' = :decision`;
	if (filters.shelved === 'true') yield 'shelved_until is not null';
	else if (filters.shelved === 'false') yield 'shelved_until is null';
	if (filters.assignee === 'none') yield 'assignee is null';
	else if (filters.assignee) yield `assignee->>'id' = :assignee`;
	if (filters.code) yield 'code = :code';
	if (filters.category) yield 'category = :category';
	if (filters.priority) yield 'priority <= :priority';
	if (filters.device) yield 'device_id = :device';
	if (filters.hub) yield 'hub_id = :hub';
	if (filters.episode) yield 'episode_id = :episode::bigint';
	if (filters.user) yield ':user = any(users)';
	if (filters.role) yield ':role = any(roles)';
	if (filters.since) yield 'effective_at >= :since';
	if (filters.until) yield 'effective_at < :until';
	if (filters.q)
		yield `(code ilike :pattern or device_id ilike :pattern or body->>'name' ilike :pattern or body->>'summary' ilike :pattern)`;
}

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');
