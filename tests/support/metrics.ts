// Reads the metrics of the processes of a test system, as Prometheus would: by the files of service discovery.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Target {
	process: 'web' | 'worker';
	url: string;
}

/** Returns the addresses that the processes with this home have announced. */
export function metricsTargets(home: string): Target[] {
	const folder = join(home, 'metrics-targets');
	return readdirSync(folder)
		.filter((name) => name.endsWith('.json'))
		.flatMap((name) => {
			const [{ targets, labels }] = JSON.parse(readFileSync(join(folder, name), 'utf8')) as [
				{ targets: [string]; labels: { process: Target['process']; __metrics_path__: string } }
			];
			return { process: labels.process, url: `http://${targets[0]}${labels.__metrics_path__}` };
		});
}

export type Metrics = ReadonlyMap<string, number>;

/** Parses the text format of Prometheus: the value of each sample, by name and labels. */
export function parseMetrics(text: string): Metrics {
	const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
	return new Map(
		samples.map((line) => {
			const match = /^([a-zA-Z_:][\w:]*(?:\{[^{}]*\})?) (\S+)$/.exec(line);
			if (!match) throw new Error(`not a sample of Prometheus: ${line}`);
			return [match[1]!, match[2] === 'Nan' ? NaN : Number(match[2])];
		})
	);
}

export async function readMetrics(url: string): Promise<Metrics> {
	return parseMetrics(await fetch(url).then((response) => response.text()));
}
