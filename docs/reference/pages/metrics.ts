// Makes docs/reference/metrics.md from the registry of prom-client.
import type { Registry } from 'prom-client';
import { commonRegistry, registry } from '#lib/server/process/metrics.ts';
import { workerRegistry } from '#lib/server/process/worker-metrics.ts';
import { code, codes, head, page, table } from './markdown.ts';

const OWN_PREFIX = 'causeway_';
/** prom-client measures different things on different systems, so the page names only the beginnings. */
const DEFAULT_PREFIXES = ['nodejs_', 'process_'];

/** A metric as prom-client holds it. Its types do not name the labels and the buckets. */
interface Metric {
	name: string;
	help: string;
	type: string;
	labelNames: readonly string[];
	/** The upper bounds of a histogram. */
	upperBounds?: readonly number[];
}

export function metricsPage(): string {
	return page(
		head('Metrics'),
		`Every process serves its metrics in the format of Prometheus at ${code('GET /api/v1/metrics')}: the web process on ${code('PORT')}, and each worker on ${code('METRICS_PORT')}, or on a free port. With ${code('METRICS_TOKEN')}, a caller sends the token as ${code('Authorization: Bearer TOKEN')}. Without it, only callers on the same machine may read the metrics, and never through a proxy.`,
		`Each process writes its address into the folder ${code('metrics-targets')} of ${code('CAUSEWAY_HOME')}, in the format of ${code('file_sd_configs')}. The folder ${code('examples/prometheus')} has a configuration and alerting rules.`,
		...section('The web process', registry),
		...section('The worker', workerRegistry),
		`Every worker shows the figures that begin with "Installation" alike. Take their maximum, and never their sum.`,
		...section('Every process', commonRegistry),
		`Every process also has the default metrics of prom-client about the Node.js process, such as ${code('nodejs_eventloop_lag_p99_seconds')}. Their names begin with ${DEFAULT_PREFIXES.map(code).join(' or ')}.`
	);
}

function section(title: string, registry: Registry): string[] {
	const metrics = registry.getMetricsAsArray() as unknown as Metric[];
	const own = metrics.filter(({ name }) => name.startsWith(OWN_PREFIX));
	const unknown = metrics.filter(
		(metric) => !own.includes(metric) && !DEFAULT_PREFIXES.some((prefix) => metric.name.startsWith(prefix))
	);
	if (unknown.length > 0)
		throw new Error(
			`the name of a metric must begin with ${OWN_PREFIX}: ${unknown.map((m) => m.name).join(', ')}`
		);
	return [
		`## ${title}`,
		table(
			['Metric', 'Type', 'Labels', 'Meaning'],
			own.map(({ name, type, labelNames, help }) => [code(name), type, codes(labelNames), help])
		),
		...own
			.filter(({ upperBounds }) => upperBounds)
			.map(({ name, upperBounds }) => `${code(name)} has the buckets ${upperBounds!.join(', ')}.`)
	];
}
