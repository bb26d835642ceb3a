// Defines the assignment of an Alert: the person who has taken it, or has been given it.
import { z } from 'zod';
import { AlertVersions } from '../decision.ts';
import { RecordId, RowVersion } from '../record-id.ts';

/** A person of the Supplier who may decide. */
export const Assignee = z.object({ id: z.string(), name: z.string() }).meta({ id: 'Assignee' });
export type Assignee = z.infer<typeof Assignee>;

/** The people to whom Alerts can be assigned. */
export const AssigneeList = z.object({ items: z.array(Assignee) });

/** `me`: the person who calls. `null`: nobody, which ends the assignment. */
const to = z.string().trim().min(1).max(80).nullable();

export const AssignmentIn = z.object({ to, version: RowVersion });
export const BulkAssignmentIn = z.object({ items: AlertVersions, to });
export const EpisodeAssignmentIn = z.object({ episode: RecordId, version: RowVersion, to });
export const SelectionAssignmentIn = z.object({ selection: RecordId, to });
