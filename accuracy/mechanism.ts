// What a mechanism of the simulated world is, and the moves that several of them share.
import { DAY, HOUR, MINUTE, SECOND } from '../demo/events.ts';
import { PARTIES, type Home, type Party } from '../demo/world.ts';
import { untilAlert, untilDeviceActs, untilResponse } from './delays.ts';
import type { Ledger, RequestOptions, Sent } from './ledger.ts';

export interface Mechanism {
	name: string;
	/** Weight among all mechanisms; a world may change it. */
	share: number;
	/** Homes it can play on; none = all. */
	on?: (home: Home) => boolean;
	play(l: Ledger, home: Home, at: number): void;
}

export const hasGas = (home: Home): boolean => home.gsme !== null;

/** The electricity Supplier, and whoever supplies the gas (the same in most homes with both). */
export const own: Party = PARTIES.brightwell;
export const gasSupplierOf = (home: Home): Party =>
	home.gasSupplier === 'halden' ? PARTIES.halden : { ...PARTIES.brightwell, role: 'GS' };

export type Ending = 'succeeds' | 'fails' | 'silent';

/** Codes with which a command ends that the Device has seen and refused. */
const REFUSALS = ['E65', 'E57', 'E60', 'E100'] as const;

/**
 * A command that reaches its Device, with the instant at which the Device acts. `silent`: the Device gives no answer; the
 * DCC says so after its time-out, or the record has not heard of it yet.
 */
export function command(
	l: Ledger,
	party: Party,
	deviceId: string,
	variant: string,
	at: number,
	ending: Ending = 'succeeds',
	more: RequestOptions & { gas?: boolean } = {}
): { sent: Sent; acts: number } {
	const { gas = false, ...options } = more;
	const { random } = l;
	const acts = untilDeviceActs(random, gas);
	const answers = acts + untilResponse(random, gas);
	const answer =
		ending === 'succeeds'
			? (['I0', answers] as const)
			: ending === 'fails'
				? ([random.pick(REFUSALS), answers] as const)
				: random.chance(0.3)
					? null
					: ([random.pick(['E21', 'E21', 'E20']), timeOut(l, gas)] as const);
	const sent = l.request(party, deviceId, variant, at, answer, options);
	return { sent, acts: at + acts * SECOND };
}

/** Seconds until the DCC gives up; some classes of requests wait for hours. */
function timeOut({ random }: Ledger, gas: boolean): number {
	if (gas) return random.whole(7200, 7300);
	return random.chance(0.12) ? random.whole(5600, 5700) : random.whole(30, 75);
}

/** The instant of an Alert that follows at once on the Device's act. */
export const atOnce = (l: Ledger, acts: number): number => acts + untilAlert(l.random) * SECOND;

const READS: ReadonlyArray<readonly [Party, string]> = [
	[PARTIES.brightwell, '4.6.1'],
	[PARTIES.brightwell, '4.8.1'],
	[PARTIES.brightwell, '4.1.1'],
	[PARTIES.brightwell, '7.4'],
	[PARTIES.northGrid, '4.10'],
	[PARTIES.northGrid, '6.2.1'],
	[PARTIES.northGrid, '4.1.1'],
	[PARTIES.homeWatt, '4.8.1'],
	[PARTIES.homeWatt, '6.2.4'],
	[PARTIES.metrix, '6.2.4'],
	[PARTIES.metrix, '11.2'],
	[PARTIES.metrix, '6.13']
];

/** A read of the electricity meter that has nothing to do with anything. */
export function innocentRead(l: Ledger, home: Home, at: number, failing = 0.08): void {
	const [party, variant] = l.random.pick(READS);
	const answer = l.random.chance(failing)
		? ([l.random.pick(['E20', 'E21']), l.random.whole(30, 80)] as const)
		: (['I0', untilDeviceActs(l.random, false) + untilResponse(l.random, false)] as const);
	l.request(party, home.esme, variant, at, answer);
}

export { DAY, HOUR, MINUTE, SECOND };
