// Checks that names, units and help of the metrics follow the conventions of Prometheus, and who may read the metrics.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commonRegistry, registry } from '#lib/server/process/metrics.ts';
import { refuseMetrics } from '#lib/server/process/metrics-access.ts';
import { workerRegistry } from '#lib/server/process/worker-metrics.ts';

interface Metric {
	name: string;
	help: string;
	type: string;
	labelNames: readonly string[];
}

const own = [registry, workerRegistry, commonRegistry]
	.flatMap((one) => one.getMetricsAsArray() as unknown as Metric[])
	.filter(({ name }) => name.startsWith('causeway_'));

describe('each metric', () => {
	it.for(own)('$name follows the conventions', ({ name, help, type, labelNames }) => {
		expect(name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
		expect(name.endsWith('_total')).toBe(type === 'counter');
		expect(name).not.toMatch(
			/_(milliseconds|ms|minutes|hours|kilobytes|megabytes|count|sum|bucket|gauge|counter|histogram)(_|$)/
		);
		if (type === 'histogram') expect(name).toMatch(/_seconds$/);
		expect(help.length).toBeGreaterThan(20);
		// Prometheus itself gives every sample the labels `job` and `instance`.
		for (const label of labelNames) expect(label).toMatch(/^(?!job$|instance$|process$)[a-z]+$/);
	});

	it('has a name of its own', () => {
		expect(new Set(own.map(({ name }) => name)).size).toBe(own.length);
	});
});

describe('the alerting rules of the example', () => {
	const rules = readFileSync('examples/prometheus/alerts.yml', 'utf8');
	const used = [...new Set(rules.match(/causeway_[a-z_]+/g))];

	it.for(used)('name a metric that exists: %s', (name) => {
		expect(own.map((metric) => metric.name)).toContain(name.replace(/_bucket$/, ''));
	});
});

describe('the metrics without a token', () => {
	const from = (remoteAddress: string) =>
		({ headers: { host: '127.0.0.1:3000' }, socket: { remoteAddress } }) as never;

	it('are refused to another machine, and to everybody where the console has a public address', () => {
		expect(refuseMetrics(from('127.0.0.1'), { origin: 'http://127.0.0.1:3000' })).toBeNull();
		expect(refuseMetrics(from('::ffff:127.0.0.1'), {})).toBeNull();
		expect(refuseMetrics(from('192.0.2.7'), { origin: 'http://127.0.0.1:3000' })?.status).toBe(403);
		expect(refuseMetrics(from('127.0.0.1'), { origin: 'https://causeway.example' })?.status).toBe(403);
	});
});
