// Defines a mechanism of the simulated world, and the steps that several mechanisms share.
import { DAY, HOUR, MINUTE, SECOND } from '../demo/events.ts';
import { PARTIES, type Home, type Party } from '../demo/world.ts';
import { secondsUntilAlert, secondsUntilAction, secondsUntilResponse } from './delays.ts';
import type { Ledger, RequestOptions, SentRequest } from './ledger.ts';

export interface Mechanism {
	name: string;
	/** The weight of the mechanism among all mechanisms. A world may change the weight. */
	share: number;
	/** The homes on which the mechanism can happen. Absent: all homes. */
	on?: (home: Home) => boolean;
	/** Adds the requests and Alerts of one occurrence that begins at `at` (epoch ms). */
	play(ledger: Ledger, home: Home, at: number): void;
}

export const hasGas = (home: Home): boolean => home.gsme !== null;

/** The electricity Supplier of all homes. Most homes with gas have the same Supplier for gas. */
export const ownSupplier: Party = PARTIES.brightwell;
export const gasSupplierOf = (home: Home): Party =>
	home.gasSupplier === 'halden' ? PARTIES.halden : { ...PARTIES.brightwell, role: 'GS' };

export type Ending = 'succeeds' | 'fails' | 'silent';

/** Response codes of commands that reached the Device and that the Device refused. */
const REFUSALS = ['E65', 'E57', 'E60', 'E100'] as const;

/**
 * Adds a command that reaches its Device. `actsAt` is when the Device acts (epoch ms). `silent`: the Device does not
 * answer. Then the response code comes from the DCC after its time-out, or the audit record has no response yet.
 */
export function command(
	ledger: Ledger,
	party: Party,
	deviceId: string,
	variant: string,
	at: number,
	ending: Ending = 'succeeds',
	more: RequestOptions & { gas?: boolean } = {}
): { sent: SentRequest; actsAt: number } {
	const { gas = false, ...options } = more;
	const { random } = ledger;
	const actionSeconds = secondsUntilAction(random, gas);
	const responseSeconds = actionSeconds + secondsUntilResponse(random, gas);
	const answer =
		ending === 'succeeds'
			? (['I0', responseSeconds] as const)
			: ending === 'fails'
				? ([random.pick(REFUSALS), responseSeconds] as const)
				: random.chance(0.3)
					? null
					: ([random.pick(['E21', 'E21', 'E20']), timeOutSeconds(ledger, gas)] as const);
	const sent = ledger.request(party, deviceId, variant, at, answer, options);
	return { sent, actsAt: at + actionSeconds * SECOND };
}

/** Draws the seconds until the DCC reports a time-out. The DCC waits for hours on gas and for some requests. */
function timeOutSeconds({ random }: Ledger, gas: boolean): number {
	if (gas) return random.whole(7200, 7300);
	return random.chance(0.12) ? random.whole(5600, 5700) : random.whole(30, 75);
}

/** Draws the time of an Alert that immediately follows the action of the Device (epoch ms). */
export const promptAlertAt = (ledger: Ledger, actsAt: number): number =>
	actsAt + secondsUntilAlert(ledger.random) * SECOND;

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

/** Adds a read of the electricity meter that causes nothing. `failing`: the share of reads that fail. */
export function innocentRead(ledger: Ledger, home: Home, at: number, failing = 0.08): void {
	const [party, variant] = ledger.random.pick(READS);
	const answer = ledger.random.chance(failing)
		? ([ledger.random.pick(['E20', 'E21']), ledger.random.whole(30, 80)] as const)
		: ([
				'I0',
				secondsUntilAction(ledger.random, false) + secondsUntilResponse(ledger.random, false)
			] as const);
	ledger.request(party, home.esme, variant, at, answer);
}

export { DAY, HOUR, MINUTE, SECOND };
