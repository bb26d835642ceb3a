// What happens in the trace: requests that cause an Alert, reads that cause none, and Alerts that no command caused.
import { PARTIES, type Party } from '../demo/world.ts';

export type Place = 'ESME' | 'GSME' | 'CHF';

/** Whose request it is: the Responsible Supplier of the Device, another Supplier, or a User by name. */
export type Sender = 'own' | 'other' | Party;

/** A request, and the Alert that it causes if it causes one. */
export interface Mechanism {
	/** Of a hundred requests. */
	share: number;
	sender: Sender;
	on: Place;
	variants: readonly string[];
	/** Response code, and within how many seconds it comes; `null`: none yet. */
	answer: readonly [code: string, atLeast: number, atMost: number] | null;
	/** Set for this many seconds after the request. */
	executedAfter?: number;
	alert?: CausedAlert;
}

export interface CausedAlert {
	/** Of a hundred caused Alerts. */
	share: number;
	code: string;
	on: Place;
	dccPayload?: string;
	/** Seconds from the record of the request to the Alert. */
	delay: readonly [atLeast: number, atMost: number];
	/** How the Alert names the command, where it does. */
	names?: 'request-id' | 'counter';
	/** The use case of the command that is named by counter. */
	messageCode?: string;
}

export interface LoneAlert {
	/** Of a hundred Alerts that nothing caused. */
	share: number;
	code: string;
	on: Place;
	dccPayload?: string;
}

const { northGrid, valleyGas, homeWatt, metrix } = PARTIES;
const SOON = [3, 90] as const;

export const CAUSING: ReadonlyArray<Mechanism & { alert: CausedAlert }> = [
	// A network operator whose certificate is not the one on the meter.
	{
		share: 8,
		sender: northGrid,
		on: 'ESME',
		variants: ['6.5', '6.22', '6.18.1'],
		answer: ['E21', 30, 55],
		alert: { share: 18, code: '8F30', on: 'ESME', delay: SOON }
	},
	{
		share: 2,
		sender: valleyGas,
		on: 'GSME',
		variants: ['6.15.1'],
		answer: null,
		alert: { share: 4, code: '8F30', on: 'GSME', delay: [3, 300] }
	},
	// Another Supplier changes the log of the shared hub: the meter joins anew, or a removed display keeps trying.
	{
		share: 8,
		sender: 'other',
		on: 'CHF',
		variants: ['8.11'],
		answer: ['I0', 4, 20],
		alert: { share: 16, code: '8183', on: 'ESME', delay: [40, 240] }
	},
	{
		share: 4,
		sender: homeWatt,
		on: 'CHF',
		variants: ['8.11'],
		answer: ['I0', 4, 20],
		alert: { share: 8, code: '8F3E', on: 'ESME', delay: [20, 240] }
	},
	// The own Supplier sets the clock, tops up, or is not understood.
	{
		share: 6,
		sender: 'own',
		on: 'ESME',
		variants: ['6.11'],
		answer: ['I0', 3, 12],
		alert: { share: 12, code: '8F0C', on: 'ESME', delay: SOON }
	},
	{
		share: 8,
		sender: 'own',
		on: 'ESME',
		variants: ['2.2'],
		answer: ['I0', 3, 12],
		alert: { share: 16, code: '810E', on: 'ESME', delay: SOON }
	},
	{
		share: 3,
		sender: 'own',
		on: 'ESME',
		variants: ['6.8', '6.14.2'],
		answer: ['E65', 5, 20],
		alert: { share: 6, code: '8F1E', on: 'ESME', delay: SOON }
	},
	// A command that did not arrive: the DCC names it.
	{
		share: 5,
		sender: 'own',
		on: 'ESME',
		variants: ['4.6.1', '4.8.1'],
		answer: ['E20', 60, 90],
		alert: {
			share: 10,
			code: 'N13',
			on: 'ESME',
			dccPayload: 'CommandFailure',
			delay: [30, 120],
			names: 'request-id'
		}
	},
	// A stored tariff takes effect: the meter names the command by its counter.
	{
		share: 4,
		sender: 'own',
		on: 'ESME',
		variants: ['1.1.1'],
		answer: ['I0', 3, 12],
		executedAfter: 60,
		alert: { share: 10, code: '8F66', on: 'ESME', delay: [62, 180], names: 'counter', messageCode: '0019' }
	}
];

/** What everybody asks all day: it succeeds and causes nothing. */
export const HARMLESS: readonly Mechanism[] = [
	{ share: 22, sender: 'own', on: 'ESME', variants: ['4.6.1', '4.8.1', '7.4'], answer: ['I0', 3, 25] },
	{ share: 8, sender: 'own', on: 'GSME', variants: ['4.6.1', '4.8.1'], answer: ['I0', 20, 600] },
	{ share: 10, sender: northGrid, on: 'ESME', variants: ['4.10', '6.2.1'], answer: ['I0', 3, 25] },
	{ share: 6, sender: homeWatt, on: 'ESME', variants: ['4.8.1', '6.2.4'], answer: ['I0', 3, 25] },
	{ share: 3, sender: metrix, on: 'ESME', variants: ['6.13', '11.2'], answer: ['I0', 3, 25] },
	{ share: 3, sender: 'own', on: 'CHF', variants: ['8.9'], answer: ['I0', 3, 25] }
];

export const LONE: readonly LoneAlert[] = [
	// Supply.
	{ share: 34, code: '8F36', on: 'ESME' },
	{ share: 18, code: '8F35', on: 'ESME' },
	{ share: 6, code: 'AD1', on: 'CHF', dccPayload: 'PowerOutageEvent' },
	// Batteries, wiring, measuring.
	{ share: 10, code: '8F1F', on: 'GSME' },
	{ share: 8, code: '81B8', on: 'ESME' },
	{ share: 6, code: '81BB', on: 'ESME' },
	// Somebody at the meter.
	{ share: 8, code: '8F3F', on: 'ESME' },
	{ share: 6, code: '8F76', on: 'ESME' },
	{ share: 4, code: '8F74', on: 'GSME' }
];

/** A hundred lots, `share` of them for each; those of one are spread over the hundred. */
export function lotsOf<T extends { share: number }>(items: readonly T[]): T[] {
	const lots = items.flatMap((item) => Array.from({ length: item.share }, () => item));
	if (lots.length !== 100) throw new Error(`the shares make ${lots.length}, not 100`);
	return lots.map((_, i) => lots[(i * 37) % 100]!);
}
