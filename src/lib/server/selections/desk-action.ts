// Defines the actions that people take on a whole selection, and carries one out on a batch of its Alerts.
import type pg from 'pg';
import { recordDecisions, type RequestedDecision } from '#lib/server/decisions/decisions.ts';
import type { AlertVersion, Changed } from '#lib/server/decisions/exact-change.ts';

/** An action on a selection, as the database keeps it: what to do, who asked for it, and by which way. */
export type DeskAction = { kind: 'decide' } & RequestedDecision;

/** Carries out the action within the caller's transaction. The caller publishes the changed Alerts after the commit. */
export function carryOut(
	client: pg.ClientBase,
	supplierId: number,
	items: readonly AlertVersion[],
	action: DeskAction
): Promise<Changed> {
	const { kind, ...request } = action;
	switch (kind) {
		case 'decide':
			return recordDecisions(client, supplierId, items, request);
	}
}
