// Defines the actions that people take on a whole selection, and carries one out on a batch of its Alerts.
import type pg from 'pg';
import { recordDecisions, type RequestedDecision } from '#lib/server/decisions/decisions.ts';
import type { AlertVersion, Changed } from '#lib/server/decisions/exact-change.ts';
import { recordAssignment, type RequestedAssignment } from '#lib/server/desk/assignments.ts';
import { fixShelf, recordShelving, type ShelvingRequest } from '#lib/server/desk/shelving.ts';

/** An action on a selection, as the database keeps it: what to do, who asked for it, and by which way. */
export type DeskAction =
	| ({ kind: 'decide' } & RequestedDecision)
	| ({ kind: 'shelve' } & ShelvingRequest)
	| ({ kind: 'assign' } & RequestedAssignment);

/**
 * Carries out the action within the caller's transaction. `startedAt`: when the action started (epoch ms). The caller
 * publishes the changed Alerts after the commit.
 */
export async function carryOut(
	client: pg.ClientBase,
	supplierId: number,
	items: readonly AlertVersion[],
	{ action, startedAt }: { action: DeskAction; startedAt: number }
): Promise<Changed> {
	switch (action.kind) {
		case 'decide':
			return recordDecisions(client, supplierId, items, action);
		case 'shelve':
			return recordShelving(client, supplierId, items, await fixShelf(client, supplierId, action, startedAt));
		case 'assign':
			return recordAssignment(client, supplierId, items, action);
	}
}
