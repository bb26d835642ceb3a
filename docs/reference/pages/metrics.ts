// Makes docs/reference/metrics.md from the registry of prom-client.
import { registry } from '#lib/server/process/metrics.ts';
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
	const metrics = registry.getMetricsAsArray() as unknown as Metric[];
	const own = metrics.filter(({ name }) => name.startsWith(OWN_PREFIX));
	const unknown = metrics.filter(
		(metric) => !own.includes(metric) && !DEFAULT_PREFIXES.some((prefix) => metric.name.startsWith(prefix))
	);
	if (unknown.length > 0)
		throw new Error(
			`the name of a metric must begin with ${OWN_PREFIX}: ${unknown.map((m) => m.name).join(', ')}`
		);
	const buckets = own
		.filter(({ upperBounds }) => upperBounds)
		.map(({ name, upperBounds }) => `${code(name)} has the buckets ${upperBounds!.join(', ')}.`);
	return page(
		head('Metrics'),
		`The web process publishes its metrics in the format of Prometheus at ${code('GET /api/v1/metrics')}. The call needs no key, but it answers only callers on the same machine.`,
		table(
			['Metric', 'Type', 'Labels', 'Meaning'],
			own.map(({ name, type, labelNames, help }) => [code(name), type, codes(labelNames), help])
		),
		...buckets,
		`The page also holds the default metrics of prom-client about the Node.js process. Their names begin with ${DEFAULT_PREFIXES.map(code).join(' or ')}.`
	);
}
