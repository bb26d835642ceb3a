// Tests the filling and the check of the index of runs when Redis is emptied at the worst instants.
import { expect, it } from 'vitest';
import { correlateAlerts } from '#lib/server/correlation/correlate-alerts.ts';
import { loadConfig } from '#lib/server/process/config.ts';
import { createRunCheck } from '#lib/server/run-check/check-runs.ts';
import { fillRuns } from '#lib/server/runs/fill-runs.ts';
import type { RunIndex } from '#lib/server/runs/run-index.ts';
import { openWorkerServices } from '#lib/server/services.ts';
import { workerDeps } from '#lib/server/worker-deps.ts';
import { aDevice, anAlert, newDeviceId } from '../../support/records.ts';
import { emptyRedis } from '../../support/redis-loss.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

/** Starts a system, and opens the services of a worker whose jobs the test runs. */
async function openWorker() {
	const system = await startSystem({ worker: false });
	const services = await openWorkerServices(loadConfig(system.env));
	return {
		system,
		...services,
		deps: workerDeps(services),
		async [Symbol.asyncDispose]() {
			await services[Symbol.asyncDispose]();
			await system[Symbol.asyncDispose]();
		}
	};
}

/** The index of a process that pauses after its next `add`. `paused` resolves there, and `goOn` ends the pause. */
function pausing(index: RunIndex) {
	const [paused, resumed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
	const add: RunIndex['add'] = async (entries) => {
		const added = await index.add(entries);
		paused.resolve();
		await resumed.promise;
		return added;
	};
	return { index: { ...index, add }, paused: paused.promise, goOn: resumed.resolve };
}

const countDoubts = async ({ database }: System): Promise<number> =>
	(await database.query('select from run_doubt')).rowCount!;

it('an Alert that asked the index before Redis was emptied, and commits during the filling, is in the filled index', async () => {
	await using worker = await openWorker();
	const { system, pool, runs, deps } = worker;
	const deviceId = newDeviceId();
	await system.post('/devices', aDevice(deviceId));
	await system.post('/alerts', anAlert(deviceId));
	const slow = pausing(runs);
	const batch = correlateAlerts({ ...deps, runs: slow.index }, 'correlate-alerts', () => {});
	await slow.paused;
	await emptyRedis(system);
	let isFilled = false;
	const filling = fillRuns(pool, runs).finally(() => (isFilled = true));
	await eventually(async () => {
		const { rowCount: waiting } = await system.database.query(
			`select from pg_stat_activity where datname = current_database() and query like '%pg_snapshot_xmin%' and pid <> pg_backend_pid()`
		);
		expect(isFilled || waiting! > 0).toBe(true);
	});
	slow.goOn();
	await batch;
	expect(await filling).toBe(1);
	// The repeated Alert joins the first one at once.
	await system.post('/alerts', anAlert(deviceId, { raisedAt: '2026-11-05T02:20:07.000Z' }));
	await correlateAlerts(deps, 'correlate-alerts', () => {});
	const [second, first] = await system.alerts('brightwell');
	expect(first!.episodeId).not.toBeNull();
	expect(second!.episodeId).toBe(first!.episodeId);
});

it('a check during which Redis is emptied leaves its doubts, and the next check waits for the end of the filling', async () => {
	await using worker = await openWorker();
	const { system, pool, runs, deps } = worker;
	const deviceId = newDeviceId();
	await system.post('/devices', aDevice(deviceId));
	await system.post('/alerts', anAlert(deviceId));
	await correlateAlerts(deps, 'correlate-alerts', () => {}); // The index is empty, so the Alert comes with doubts.
	expect(await fillRuns(pool, runs)).toBe(1);
	const doubts = await countDoubts(system);
	expect(doubts).toBeGreaterThan(0);

	const doubt: RunIndex['doubt'] = async (keys) => {
		const told = await runs.doubt(keys);
		await emptyRedis(system);
		expect(await fillRuns(pool, runs)).toBeNull(); // A filling waits for the end of the check.
		return told;
	};
	await createRunCheck({ ...deps, runs: { ...runs, doubt } })();
	expect(await countDoubts(system)).toBe(doubts);

	const check = createRunCheck(deps);
	await check();
	expect(await countDoubts(system)).toBe(doubts);
	expect(await fillRuns(pool, runs)).toBe(1);
	await check();
	expect(await countDoubts(system)).toBe(0);
});
