// Defines the tasks that measure the baselines.
import { formatNumber } from '../format.ts';
import { appendTo } from '../measured.ts';
import { BASELINES, type Baselines } from '../report/report.ts';
import type { BenchContext, Task } from '../report/rounds.ts';
import { measureAlertmanager, NO_ALERTMANAGER } from './alertmanager.ts';
import { measureBullmq } from './bullmq.ts';
import { measurePostgres } from './postgres.ts';
import { measureRedisLookups } from './redis.ts';
import { NO_SEC, measureSec } from './sec.ts';

/** Returns the tasks that measure the baselines, in the order of the table. */
export function baselineTasks({ options, measured, trace, testbed }: BenchContext): Task[] {
	const seconds = options.amounts.baselineSeconds;
	const services = async () => (await testbed()).services;
	const notMeasured = (figure: keyof Baselines, why: string): string => {
		measured.notMeasured[figure] = why;
		return `not measured: ${why}`;
	};
	return [
		{
			name: BASELINES.bullmqNoop.name,
			expectedSeconds: seconds + 2,
			async run(onProgress) {
				const { redisUrl } = await services();
				const { jobsPerSecond } = await measureBullmq({ redisUrl, trace, seconds, onProgress });
				appendTo(measured.baselines, 'bullmqNoopJobsPerSecond', jobsPerSecond);
				return `${formatNumber(jobsPerSecond)} jobs/s`;
			}
		},
		{
			name: 'PostgreSQL by hand and in batches',
			expectedSeconds: 2.4 * seconds + 4,
			async run(onProgress) {
				const { databaseUrl } = await services();
				const figures = await measurePostgres({ databaseUrl, trace, seconds, onProgress });
				appendTo(measured.baselines, 'postgresLookupAlertsPerSecond', figures.lookupAlertsPerSecond);
				appendTo(measured.baselines, 'postgresBatchedAlertsPerSecond', figures.batchedAlertsPerSecond);
				return `${formatNumber(figures.lookupAlertsPerSecond)} and ${formatNumber(figures.batchedAlertsPerSecond)} Alerts/s`;
			}
		},
		{
			name: BASELINES.redisLookups.name,
			expectedSeconds: 2.4 * seconds + 4,
			async run(onProgress) {
				const figures = await measureRedisLookups({ ...(await services()), trace, seconds, onProgress });
				appendTo(measured.baselines, 'redisLookupsPerSecond', figures.lookupsPerSecond);
				return `${formatNumber(figures.lookupsPerSecond)} Devices/s`;
			}
		},
		{
			name: BASELINES.sec.name,
			expectedSeconds: seconds + 3,
			async run(onProgress) {
				const figures = await measureSec({ trace, seconds, onProgress });
				if (!figures) return notMeasured('secAlertsPerSecond', NO_SEC);
				appendTo(measured.baselines, 'secAlertsPerSecond', figures.alertsPerSecond);
				return `${formatNumber(figures.alertsPerSecond)} Alerts/s`;
			}
		},
		{
			name: BASELINES.alertmanager.name,
			expectedSeconds: seconds + 3,
			async run(onProgress) {
				const figures = await measureAlertmanager({ trace, seconds, onProgress });
				if (!figures) return notMeasured('alertmanagerAlertsPerSecond', NO_ALERTMANAGER);
				const { alerts, delivered, alertsPerSecond, notifications, cpuUs } = figures;
				appendTo(measured.baselines, 'alertmanagerAlertsPerSecond', alertsPerSecond);
				if (cpuUs !== null) measured.alertmanagerCpuUs.push(cpuUs);
				const counts = `${formatNumber(delivered)} of ${formatNumber(alerts)} Alerts`;
				if (delivered < alerts) measured.notes.add(`Alertmanager delivered only ${counts} to the webhook`);
				return `${formatNumber(alertsPerSecond)} Alerts/s; ${counts} in ${formatNumber(notifications)} notifications`;
			}
		}
	];
}
