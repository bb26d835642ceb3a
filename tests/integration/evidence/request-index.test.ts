// Tests that the Redis index holds the newest state of each request, and that it is never marked complete wrongly.
import { expect, it } from 'vitest';
import { indexServiceRequests } from '#lib/server/correlation/index-service-requests.ts';
import { reindex } from '#lib/server/evidence/reindex.ts';
import type { RequestIndex } from '#lib/server/evidence/request-index.ts';
import { euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { loadConfig } from '#lib/server/process/config.ts';
import { openWorkerServices } from '#lib/server/services.ts';
import { workerDeps } from '#lib/server/worker-deps.ts';
import { aRequest, newDeviceId } from '../../support/records.ts';
import { emptyRedis } from '../../support/redis-loss.ts';
import { startSystem, type System } from '../../support/system.ts';

const openWorker = (system: System) => openWorkerServices(loadConfig(system.env));

/** The index of a process that pauses at its next `put`. `paused` resolves there, and `goOn` ends the pause. */
function pausing(index: RequestIndex) {
	const [paused, resumed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
	const put: RequestIndex['put'] = async (requests, now) => {
		paused.resolve();
		await resumed.promise;
		return index.put(requests, now);
	};
	return { index: { ...index, put }, paused: paused.promise, goOn: resumed.resolve };
}

/** A request of the last hour that the Device has not answered, and the record that completes the request. */
function aRequestAndItsAnswer() {
	const deviceId = newDeviceId();
	const request = aRequest(deviceId, {
		requestedAt: new Date(Date.now() - 3_600_000).toISOString(),
		responseCode: null
	});
	const respondedAt = new Date(Date.now() - 3_590_000).toISOString();
	return { deviceId, request, answer: { ...request, respondedAt, responseCode: 'I0' } };
}

it('a batch that puts a request late does not replace the newer state that another batch has put', async () => {
	await using system = await startSystem({ worker: false });
	await using services = await openWorker(system);
	const deps = workerDeps(services);
	await reindex(services.pool, services.index);
	const { deviceId, request, answer } = aRequestAndItsAnswer();
	await system.post('/service-requests', request);
	const slow = pausing(services.index);
	const slowBatch = indexServiceRequests({ ...deps, index: slow.index }, () => {});
	await slow.paused;
	await system.post('/service-requests', answer);
	await indexServiceRequests(deps, () => {});
	slow.goOn();
	await slowBatch;
	expect(await services.index.recent([euiToBytes(deviceId)])).toMatchObject([{ responseCode: 'I0' }]);
});

it('a filling of the index that reads a request early does not replace its newer state', async () => {
	await using system = await startSystem({ worker: false });
	await using services = await openWorker(system);
	const { deviceId, request, answer } = aRequestAndItsAnswer();
	await system.post('/service-requests', request);
	const slow = pausing(services.index);
	const filling = reindex(services.pool, slow.index);
	await slow.paused;
	await system.post('/service-requests', answer);
	await indexServiceRequests(workerDeps(services), () => {});
	slow.goOn();
	expect(await filling).toBe(1);
	expect(await services.index.recent([euiToBytes(deviceId)])).toMatchObject([{ responseCode: 'I0' }]);
});

it('an index whose Redis was emptied while the index was filled is not complete, and the next filling completes it', async () => {
	await using system = await startSystem({ worker: false });
	await using services = await openWorker(system);
	const { deviceId, request } = aRequestAndItsAnswer();
	await system.post('/service-requests', request);
	const slow = pausing(services.index);
	const filling = reindex(services.pool, slow.index);
	await slow.paused;
	await emptyRedis(system);
	slow.goOn();
	expect(await filling).toBeNull();
	expect(await services.index.isComplete()).toBe(false);
	expect(await services.index.recent([euiToBytes(deviceId)])).toBeNull();
	expect(await reindex(services.pool, services.index)).toBe(1);
	expect(await services.index.recent([euiToBytes(deviceId)])).toHaveLength(1);
});

it('one of several workers fills the index, and correlation reads the database meanwhile', async () => {
	await using system = await startSystem({ worker: false });
	await using first = await openWorker(system);
	await using second = await openWorker(system);
	const { deviceId, request } = aRequestAndItsAnswer();
	await system.post('/service-requests', request);
	const slow = pausing(first.index);
	const filling = reindex(first.pool, slow.index);
	await slow.paused;
	expect(await reindex(second.pool, second.index)).toBeNull();
	expect(await second.index.recent([euiToBytes(deviceId)])).toBeNull();
	slow.goOn();
	expect(await filling).toBe(1);
	expect(await second.index.recent([euiToBytes(deviceId)])).toHaveLength(1);
	expect(await reindex(second.pool, second.index)).toBe(1); // the lock is free again
});
