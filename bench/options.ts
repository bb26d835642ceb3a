// Reads the command-line options of the benchmark and derives the amounts to measure.
import { parseArgs } from 'node:util';

export const PARTS = [
	'throughput',
	'latency',
	'baselines',
	'memory',
	'workers',
	'consoles',
	'pages',
	'browser',
	'backlog',
	'steps',
	'growth'
] as const;
export type PartName = (typeof PARTS)[number];
const QUICK_PARTS: readonly PartName[] = ['throughput', 'latency', 'baselines', 'memory', 'workers'];

export interface Options {
	quick: boolean;
	/** A second file for the report. `undefined`: the report goes to no second file. */
	json: string | undefined;
	rounds: number;
	parts: ReadonlySet<PartName>;
	seed: number;
	/** Sizes of the index of recent Service Requests, in ascending order. */
	growth: number[];
	/** Alerts that Causeway accepts while no worker runs. */
	backlog: number;
	/** Alerts in the live list of the console in the browser. */
	view: number;
	amounts: Amounts;
}

export interface Amounts {
	devices: number;
	/** Service Requests that Causeway stores before the first stage. */
	requests: number;
	/** Service Requests in the index whose memory is measured. */
	indexedRequests: number;
	/** Alerts, and the same number of Service Requests, for the measurement of the single steps. */
	stepRecords: number;
	/** Lengths of a saturating stage, of a stage at a fixed rate, and of a baseline. */
	saturatingSeconds: number;
	fixedRateSeconds: number;
	baselineSeconds: number;
	/** Length of each stage with several processes. */
	workersSeconds: number;
}

const FULL: Amounts = {
	devices: 400_000,
	requests: 100_000,
	indexedRequests: 1_000_000,
	stepRecords: 20_000,
	saturatingSeconds: 8,
	fixedRateSeconds: 20,
	baselineSeconds: 5,
	workersSeconds: 8
};
const QUICK: Amounts = {
	devices: 200_000,
	requests: 30_000,
	indexedRequests: 100_000,
	stepRecords: 5000,
	saturatingSeconds: 3,
	fixedRateSeconds: 6,
	baselineSeconds: 1.5,
	workersSeconds: 1.5
};

/** Reads the options. Throws an error with a readable sentence if an argument is invalid. */
export function readOptions(args: readonly string[]): Options {
	const { values } = parseArgs({
		args: [...args],
		options: {
			quick: { type: 'boolean', default: false },
			json: { type: 'string' },
			rounds: { type: 'string' },
			only: { type: 'string' },
			seed: { type: 'string', default: '1' },
			growth: { type: 'string', default: '100000,1000000,10000000' },
			backlog: { type: 'string', default: '1000000' },
			view: { type: 'string', default: '50000' }
		}
	});
	const { quick } = values;
	return {
		quick,
		json: values.json,
		rounds: readWholeNumber('rounds', values.rounds ?? (quick ? '1' : '3'), 1),
		parts: new Set(values.only === undefined ? (quick ? QUICK_PARTS : PARTS) : partsOf(values.only)),
		seed: readWholeNumber('seed', values.seed, 0),
		growth: values.growth
			.split(',')
			.map((size) => readWholeNumber('growth', size, 1))
			.sort((a, b) => a - b),
		backlog: readWholeNumber('backlog', values.backlog, 1000),
		view: readWholeNumber('view', values.view, 100),
		amounts: quick ? QUICK : FULL
	};
}

function readWholeNumber(name: string, value: string, minimum: number): number {
	const number = Number(value);
	if (value.trim() === '' || !Number.isSafeInteger(number) || number < minimum)
		throw new Error(`--${name} must be a whole number from ${minimum}, not "${value}"`);
	return number;
}

function partsOf(only: string): PartName[] {
	return only.split(',').map((name) => {
		const part = PARTS.find((known) => known === name.trim());
		if (!part) throw new Error(`--only accepts ${PARTS.join(', ')}, not "${name.trim()}"`);
		return part;
	});
}
