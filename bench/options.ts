// What the caller of the benchmark wants, and how much of everything that means.
import { parseArgs } from 'node:util';

export const PARTS = [
	'throughput',
	'latency',
	'baselines',
	'memory',
	'consoles',
	'browser',
	'backlog',
	'steps',
	'growth'
] as const;
export type PartName = (typeof PARTS)[number];
const QUICK_PARTS: readonly PartName[] = ['throughput', 'latency', 'baselines', 'memory'];

export interface Options {
	quick: boolean;
	/** Where the figures are written besides. */
	json: string | undefined;
	rounds: number;
	parts: ReadonlySet<PartName>;
	seed: number;
	/** Sizes of the index of recent Service Requests, ascending. */
	growth: number[];
	/** Alerts that are taken in while no worker runs. */
	backlog: number;
	/** Alerts on the desk of the console that is measured in a browser. */
	view: number;
	amounts: Amounts;
}

export interface Amounts {
	devices: number;
	/** Service Requests before the measurement. */
	requests: number;
	/** Service Requests in the index whose memory is measured. */
	indexed: number;
	/** Alerts, and Service Requests, whose steps are measured one by one. */
	steps: number;
	/** How long a saturating stage lasts, one at a given pace, and a baseline. */
	saturating: number;
	paced: number;
	baseline: number;
}

const FULL: Amounts = {
	devices: 400_000,
	requests: 100_000,
	indexed: 1_000_000,
	steps: 20_000,
	saturating: 8,
	paced: 20,
	baseline: 5
};
const QUICK: Amounts = {
	devices: 200_000,
	requests: 30_000,
	indexed: 100_000,
	steps: 5000,
	saturating: 3,
	paced: 6,
	baseline: 1.5
};

/** Throws with a sentence for the caller where the arguments make no sense. */
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
		rounds: whole('rounds', values.rounds ?? (quick ? '1' : '3'), 1),
		parts: new Set(values.only === undefined ? (quick ? QUICK_PARTS : PARTS) : partsOf(values.only)),
		seed: whole('seed', values.seed, 0),
		growth: values.growth
			.split(',')
			.map((size) => whole('growth', size, 1))
			.sort((a, b) => a - b),
		backlog: whole('backlog', values.backlog, 1000),
		view: whole('view', values.view, 100),
		amounts: quick ? QUICK : FULL
	};
}

function whole(name: string, value: string, least: number): number {
	const number = Number(value);
	if (value.trim() === '' || !Number.isSafeInteger(number) || number < least)
		throw new Error(`--${name} must be a whole number from ${least}, not "${value}"`);
	return number;
}

function partsOf(only: string): PartName[] {
	return only.split(',').map((name) => {
		const part = PARTS.find((one) => one === name.trim());
		if (!part) throw new Error(`--only knows ${PARTS.join(', ')}, not "${name.trim()}"`);
		return part;
	});
}
