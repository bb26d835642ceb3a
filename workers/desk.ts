// The jobs and the timers of the desk in the worker process.
import { returnShelved } from '#lib/server/desk/return-shelved.ts';
import type { JobData } from '#lib/server/jobs/queues.ts';
import {
	deleteOldSelections,
	runLostSelections,
	runSelection,
	type RunSelectionDeps
} from '#lib/server/selections/run-selection.ts';
import type { Every } from './timers.ts';

const SECOND_MS = 1000;
const HOUR_MS = 3600 * SECOND_MS;

/** The jobs of the desk, by the name of their queue. */
export const deskJobs = (deps: RunSelectionDeps) => ({
	'run-selection': {
		concurrency: 2,
		run: ({ selection }: JobData) => runSelection(deps, selection!)
	}
});

/** Starts the timers of the desk. */
export function deskTimers(deps: RunSelectionDeps, every: Every): void {
	every(SECOND_MS, 'returning Alerts from the shelf', () => returnShelved(deps));
	every(5 * SECOND_MS, 'looking for lost actions on selections', () => runLostSelections(deps));
	every(HOUR_MS, 'deleting old selections', () => deleteOldSelections(deps.pool));
}
