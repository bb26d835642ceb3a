// Tests the metrics of a running web process and worker: who may read them, and that they move with the work.
import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { metricsTargets, readMetrics, type Metrics } from '../../support/metrics.ts';
import { aDevice, anAlert, aRequest, newDeviceId } from '../../support/records.ts';
import { fitting, standingOf, WHEN } from '../../support/standing.ts';
import { eventually, startSystem } from '../../support/system.ts';
import { startWeb } from '../../support/web.ts';

/** Calls a URL with any headers, `host` among them. Returns the status. */
const statusOf = (url: string, headers: Record<string, string>): Promise<number> =>
	new Promise((done, fail) => {
		request(url, { headers }, (res) => {
			res.resume();
			done(res.statusCode!);
		})
			.on('error', fail)
			.end();
	});

const now = (offsetSeconds: number): string => new Date(Date.now() + offsetSeconds * 1000).toISOString();

describe('the metrics of web and worker', () => {
	it(
		'move with the work: delays, queues, pending Alerts, sources, sockets and the index',
		{ timeout: 90_000 },
		async () => {
			await using system = await startSystem({ completeUntil: now(-7200) });
			await using web = await startWeb(system);
			const targets = metricsTargets(system.env.CAUSEWAY_HOME!);
			expect(targets.map(({ process }) => process).sort()).toEqual(['web', 'worker']);
			const urlOf = (process: string) => targets.find((target) => target.process === process)!.url;
			expect(urlOf('web')).toBe(`${web.url}/api/v1/metrics`);
			const worker = (): Promise<Metrics> => readMetrics(urlOf('worker'));

			const before = await worker();
			expect(before.get('causeway_correlation_delay_seconds_count')).toBe(0);
			expect(before.get('causeway_pending_alerts')).toBe(0);
			expect(before.get('causeway_pending_age_seconds')).toBe(0);
			expect(before.get('causeway_index_complete')).toBe(1);
			expect(before.get('causeway_figures_up')).toBe(1);
			expect(before.get('causeway_redis_memory_bytes')).toBeGreaterThan(100_000);
			expect(before.get('causeway_redis_evicted_keys_total')).toBe(0);
			const lag = before.get('causeway_completeness_lag_seconds{source="sat",owner="*"}');
			expect(lag).toBeGreaterThan(7190);
			expect(lag).toBeLessThan(7300);

			const deviceId = newDeviceId();
			await system.post('/devices', aDevice(deviceId));
			await system.post('/service-requests', aRequest(newDeviceId()));
			await system.post('/alerts', anAlert(deviceId, { raisedAt: now(-60), receivedAt: now(-50) }));
			await system.becomes('brightwell', deviceId, { explanation: 'pending' });
			await eventually(async () => {
				const after = await worker();
				expect(after.get('causeway_correlation_delay_seconds_count')).toBe(1);
				expect(after.get('causeway_correlation_delay_seconds_sum')).toBeGreaterThan(0);
				expect(after.get('causeway_correlation_delay_seconds_sum')).toBeLessThan(20);
				expect(after.get('causeway_pending_alerts')).toBe(1);
				expect(after.get('causeway_pending_age_seconds')).toBeGreaterThan(0);
				expect(after.get('causeway_queue_records{queue="correlate-alerts"}')).toBe(0);
				expect(after.get('causeway_postgres_sessions{pool="worker",state="idle"}')).toBeGreaterThan(0);
				expect(after.get('causeway_postgres_waiting{pool="worker"}')).toBe(0);
				expect(after.has('nodejs_eventloop_lag_seconds')).toBe(true);
			});

			// A doorbell that no job can work on waits, is overdue, and makes its job fail.
			await system.database.query(
				`insert into doorbell (job, ids, stored_at, rung_at)
			 values ('what-if', '{1,2}', now() - interval '90 seconds', now() - interval '90 seconds')`
			);
			await eventually(async () => {
				const swept = await worker();
				expect(swept.get('causeway_queue_age_seconds{queue="what-if"}')).toBeGreaterThan(89);
				expect(swept.get('causeway_queue_records{queue="what-if"}')).toBe(2);
				expect(swept.get('causeway_doorbells_overdue_total{queue="what-if"}')).toBeGreaterThan(0);
				expect(swept.get('causeway_jobs_failed_total{queue="what-if"}')).toBeGreaterThan(0);
			});

			const webBefore = await readMetrics(urlOf('web'));
			expect(webBefore.get('causeway_live_sockets')).toBe(0);
			expect(webBefore.get('causeway_push_delay_seconds_count')).toBe(0);
			const socket = await system.connect('brightwell', web.url);
			await eventually(async () =>
				expect((await readMetrics(urlOf('web'))).get('causeway_live_sockets')).toBe(1)
			);
			const second = newDeviceId();
			await system.post('/devices', aDevice(second));
			await system.post('/alerts', anAlert(second));
			await eventually(async () => {
				const pushed = await readMetrics(urlOf('web'));
				expect(pushed.get('causeway_push_delay_seconds_count')).toBeGreaterThan(0);
				expect(pushed.get('causeway_push_delay_seconds_sum')).toBeLessThan(10);
			});
			socket.disconnect();
		}
	);

	it('say that the figures of the installation are missing while the database refuses them', async () => {
		await using system = await startSystem();
		const { url } = metricsTargets(system.env.CAUSEWAY_HOME!)[0]!;
		await system.database.query('revoke select on completeness_source from causeway_worker');
		const down = await readMetrics(url);
		expect(down.get('causeway_figures_up')).toBe(0);
		expect(down.get('causeway_pending_age_seconds')).toBeNaN();
		expect([...down.keys()].filter((name) => name.startsWith('causeway_queue_'))).toEqual([]);
		await system.database.query('grant select on completeness_source to causeway_worker');
		expect((await readMetrics(url)).get('causeway_figures_up')).toBe(1);
	});

	it(
		'answer callers of this machine only, never through a proxy, and with a token every caller that sends it',
		{ timeout: 90_000 },
		async () => {
			const token = 'a-token-of-the-scraper';
			await using open = await startSystem();
			await using closed = await startSystem({ settings: { METRICS_TOKEN: token } });
			const urlsOf = (system: typeof open) => [
				`${system.url}/api/v1/metrics`,
				...metricsTargets(system.env.CAUSEWAY_HOME!).map(({ url }) => url)
			];
			expect(urlsOf(open)).toHaveLength(2);
			for (const url of urlsOf(open)) {
				expect(await statusOf(url, {})).toBe(200);
				for (const headers of [
					{ 'x-forwarded-for': '203.0.113.7' },
					{ forwarded: 'for=203.0.113.7' },
					{ via: '1.1 proxy' },
					{ host: 'causeway.example' }
				])
					expect(await statusOf(url, headers), JSON.stringify(headers)).toBe(403);
			}
			for (const url of urlsOf(closed)) {
				expect(await statusOf(url, {})).toBe(401);
				expect(await statusOf(url, { authorization: 'Bearer another-token-here' })).toBe(401);
				expect(await statusOf(url, { authorization: `Bearer ${token}` })).toBe(200);
				expect(
					await statusOf(url, { authorization: `Bearer ${token}`, 'x-forwarded-for': '203.0.113.7' })
				).toBe(200);
			}
		}
	);
});

describe('the metrics of standing decisions', () => {
	it(
		'count the standing decisions by state, and the Alerts that they decided',
		{ timeout: 60_000 },
		async () => {
			await using system = await startSystem({ completeUntil: '2026-11-05T06:00:00.000Z' });
			const standing = await standingOf(system);
			await standing.active();
			await standing.propose({ when: { ...WHEN, code: '8F3E' } });
			await fitting(system);
			const { url } = metricsTargets(system.env.CAUSEWAY_HOME!).find(({ process }) => process === 'worker')!;
			await eventually(async () => {
				const metrics = await readMetrics(url);
				expect(metrics.get('causeway_standing_decisions{state="active"}')).toBe(1);
				expect(metrics.get('causeway_standing_decisions{state="proposed"}')).toBe(1);
				expect(metrics.get('causeway_standing_decisions{state="paused"}')).toBe(0);
				expect(metrics.get('causeway_standing_matches_total')).toBe(1);
			});
		}
	);
});
