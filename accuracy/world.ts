// Simulates the worlds of the corpus. Each is one day in some hundred homes, with its own seed, faults and emphasis.
import { createRandom, type Random } from '../demo/random.ts';
import { devicesOf, homeOf } from '../demo/world.ts';
import { innocentDay } from './background.ts';
import { Ledger, type Faults } from './ledger.ts';
import { DAY, HOUR, type Mechanism } from './mechanism.ts';
import { HOME_NETWORK } from './mechanisms-home-network.ts';
import { LIFECYCLE } from './mechanisms-lifecycle.ts';
import { SECURITY } from './mechanisms-security.ts';
import { SPONTANEOUS } from './mechanisms-spontaneous.ts';
import { SUPPLIER_CHANGE } from './mechanisms-supplier-change.ts';
import { SUPPLY } from './mechanisms-supply.ts';
import { UNKNOWN } from './mechanisms-unknown.ts';

export interface WorldPlan {
	name: string;
	seed: number;
	homes: number;
	/** The number of the first home. Each world has its own range of numbers. */
	firstHome: number;
	/** The midnight at the start of the world's day. Epoch ms. */
	from: number;
	/** How many times a mechanism happens. */
	episodes: number;
	/** Mean number of innocent requests on demand per home and day. */
	busy: number;
	faults: Faults;
	/** How many times as often a mechanism happens. The key is its name, or the first word of several names. */
	emphasis: Record<string, number>;
}

/** Raises the share of spontaneous Alerts to about half of the corpus, as many Alerts of a real day are spontaneous. */
const SPONTANEOUS_FACTOR = 2.5;

const MECHANISMS: readonly Mechanism[] = [
	...SECURITY,
	...HOME_NETWORK,
	...SUPPLY,
	...LIFECYCLE,
	...SUPPLIER_CHANGE,
	...UNKNOWN,
	...SPONTANEOUS.map((mechanism) => ({ ...mechanism, share: mechanism.share * SPONTANEOUS_FACTOR }))
];

/** The faults of the sent data (late, missing, wrong clocks) in every simulated world that defines no faults of its own. */
const USUAL_FAULTS: Faults = {
	late: 0.15,
	missing: 0.03,
	inTwoParts: 0.25,
	skewedClock: 0.1,
	unreliableClock: 0.03,
	invalidClock: 0.01
};

const HOME_NUMBERS_PER_WORLD = 20_000;

/** Plans the worlds of a seed. `scale`: 1 is the full size. Their days begin at `from` (a midnight, epoch ms). */
export function plansOf(seed: number, from: number, scale: number): WorldPlan[] {
	const variants: Array<Pick<WorldPlan, 'name' | 'busy' | 'emphasis'> & { faults?: Partial<Faults> }> = [
		{ name: 'ordinary', busy: 3, emphasis: {} },
		{
			name: 'bad clocks',
			busy: 3,
			faults: { skewedClock: 0.35, unreliableClock: 0.12, invalidClock: 0.04 },
			emphasis: { clock: 3 }
		},
		{ name: 'crowded', busy: 12, emphasis: { intruder: 2, tamper: 2 } },
		{ name: 'quirk', busy: 4, emphasis: { 'quirk: agent read': 40 } },
		{ name: 'two suppliers', busy: 3, emphasis: { hub: 2, display: 2, gas: 2, meter: 2, former: 2 } },
		{ name: 'scattered records', busy: 5, faults: { inTwoParts: 0.6 }, emphasis: { operator: 2, stored: 2 } }
	];
	return variants.map(({ faults, ...variant }, i) => ({
		...variant,
		// The seeds are far apart, so that neighbouring seeds of the command share no world.
		seed: (seed * 7919 + i * 104_729) >>> 0,
		homes: Math.round(260 * scale),
		firstHome: 1_000_000 + i * HOME_NUMBERS_PER_WORLD,
		from,
		episodes: Math.round(820 * scale),
		faults: { ...USUAL_FAULTS, ...faults }
	}));
}

/** Simulates a world. The same plan gives the same ledger, to the byte. */
export function simulateWorld(plan: WorldPlan): Ledger {
	const random = createRandom(plan.seed);
	const ledger = new Ledger(random, plan.name, plan.faults, plan.firstHome + plan.homes);
	const homes = Array.from({ length: plan.homes }, (_, i) => homeOf(plan.firstHome + i));
	for (const home of homes) ledger.devices.push(...devicesOf(home));
	for (const home of homes) innocentDay(ledger, home, plan.from, plan.busy);
	const draw = lottery(plan.emphasis);
	for (let i = 0; i < plan.episodes; i++) {
		const mechanism = draw(random);
		const possible = mechanism.on ? homes.filter(mechanism.on) : homes;
		ledger.mechanism = mechanism.name;
		mechanism.play(
			ledger,
			random.pick(possible),
			Math.round(plan.from + 2 * HOUR + random.next() * (DAY - 5 * HOUR))
		);
	}
	ledger.markMissing();
	return ledger;
}

function lottery(emphasis: Record<string, number>): (random: Random) => Mechanism {
	const weights = MECHANISMS.map(
		({ name, share }) => share * (emphasis[name] ?? emphasis[name.split(' ')[0]!] ?? 1)
	);
	const total = weights.reduce((sum, weight) => sum + weight, 0);
	return (random) => {
		let ticket = random.next() * total;
		return MECHANISMS.find((_, i) => (ticket -= weights[i]!) < 0) ?? MECHANISMS[0]!;
	};
}
