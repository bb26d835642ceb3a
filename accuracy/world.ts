// The worlds of the corpus: each a day in some hundred homes of its own, with its own seed, faults and emphasis.
import { createRandom, type Random } from '../demo/random.ts';
import { devicesOf, homeOf } from '../demo/world.ts';
import { innocentDay } from './background.ts';
import { Ledger, type Faults } from './ledger.ts';
import { DAY, HOUR, type Mechanism } from './mechanism.ts';
import { HOME_NETWORK } from './mechanisms-home-network.ts';
import { LIFECYCLE } from './mechanisms-lifecycle.ts';
import { SECURITY } from './mechanisms-security.ts';
import { SPONTANEOUS } from './mechanisms-spontaneous.ts';
import { SUPPLY } from './mechanisms-supply.ts';
import { UNKNOWN } from './mechanisms-unknown.ts';

export interface WorldPlan {
	name: string;
	seed: number;
	homes: number;
	/** Homes of other worlds have other numbers. */
	firstHome: number;
	/** Epoch ms: the midnight that its day begins with. */
	from: number;
	episodes: number;
	/** Innocent requests on demand, a home and day. */
	busy: number;
	faults: Faults;
	/** Mechanisms (by name, or the first word of several) that happen this many times more often. */
	emphasis: Record<string, number>;
}

/** Many Alerts of a real day have no command behind them: half of the corpus, about. */
const OFTEN = 2.5;

export const MECHANISMS: readonly Mechanism[] = [
	...SECURITY,
	...HOME_NETWORK,
	...SUPPLY,
	...LIFECYCLE,
	...UNKNOWN,
	...SPONTANEOUS.map((mechanism) => ({ ...mechanism, share: mechanism.share * OFTEN }))
];

/** In every world: 15 % of the records late, 3 % of the causing ones missing, a quarter in two parts. */
const USUAL: Faults = {
	late: 0.15,
	missing: 0.03,
	inTwoParts: 0.25,
	skewedClock: 0.1,
	unreliableClock: 0.03,
	invalidClock: 0.01
};

const HOMES_APART = 20_000;

/** The worlds of a base seed. `scale`: 1 = all of it. Their days begin at `from` (a midnight, epoch ms). */
export function plansOf(seed: number, from: number, scale: number): WorldPlan[] {
	const kinds: Array<Pick<WorldPlan, 'name' | 'busy' | 'emphasis'> & { faults?: Partial<Faults> }> = [
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
	return kinds.map(({ faults, ...kind }, i) => ({
		...kind,
		// Far apart, so that neighbouring base seeds share no world.
		seed: (seed * 7919 + i * 104_729) >>> 0,
		homes: Math.round(260 * scale),
		firstHome: 1_000_000 + i * HOMES_APART,
		from,
		episodes: Math.round(820 * scale),
		faults: { ...USUAL, ...faults }
	}));
}

/** Plays a world: the same plan gives the same book, to the byte. */
export function playWorld(plan: WorldPlan): Ledger {
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
	ledger.settle();
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
