// Lists the events of the trace: requests that cause an Alert, requests that cause none, and spontaneous Alerts.
import { PARTIES, type Party } from '../demo/world.ts';

export type DeviceType = 'ESME' | 'GSME' | 'CHF';

/** The sender of a request: the Responsible Supplier of the Device (`own`), another Supplier, or a User by name. */
export type Sender = 'own' | 'other' | Party;

/** A kind of request, with the Alert that the request causes, if any. */
export interface Mechanism {
	/** Percent of all requests. */
	share: number;
	sender: Sender;
	on: DeviceType;
	variants: readonly string[];
	/** The response code, and the least and most seconds until it arrives. `null`: no response yet. */
	answer: readonly [code: string, atLeast: number, atMost: number] | null;
	/** The request is future-dated to this many seconds after its record. */
	executedAfterSeconds?: number;
	alert?: CausedAlert;
}

export interface CausedAlert {
	/** Percent of all caused Alerts. */
	share: number;
	code: string;
	on: DeviceType;
	dccPayload?: string;
	/** Seconds from the record of the request to the Alert. */
	delaySeconds: readonly [atLeast: number, atMost: number];
	/** How the Alert names its command. Absent: the Alert names no command. */
	names?: 'request-id' | 'counter';
	/** The message code of a command that is named by its counter. */
	messageCode?: string;
}

export interface SpontaneousAlert {
	/** Percent of all spontaneous Alerts. */
	share: number;
	code: string;
	on: DeviceType;
	dccPayload?: string;
}

const { northGrid, valleyGas, homeWatt, metrix } = PARTIES;
const SOON_SECONDS = [3, 90] as const;

export const CAUSING_REQUESTS: ReadonlyArray<Mechanism & { alert: CausedAlert }> = [
	// The meter does not hold the certificate of this network operator.
	{
		share: 8,
		sender: northGrid,
		on: 'ESME',
		variants: ['6.5', '6.22', '6.18.1'],
		answer: ['E21', 30, 55],
		alert: { share: 18, code: '8F30', on: 'ESME', delaySeconds: SOON_SECONDS }
	},
	{
		share: 2,
		sender: valleyGas,
		on: 'GSME',
		variants: ['6.15.1'],
		answer: null,
		alert: { share: 4, code: '8F30', on: 'GSME', delaySeconds: [3, 300] }
	},
	// Another party changes the Device log of the shared hub. The meter joins again, or a removed display keeps trying.
	{
		share: 8,
		sender: 'other',
		on: 'CHF',
		variants: ['8.11'],
		answer: ['I0', 4, 20],
		alert: { share: 16, code: '8183', on: 'ESME', delaySeconds: [40, 240] }
	},
	{
		share: 4,
		sender: homeWatt,
		on: 'CHF',
		variants: ['8.11'],
		answer: ['I0', 4, 20],
		alert: { share: 8, code: '8F3E', on: 'ESME', delaySeconds: [20, 240] }
	},
	// The Responsible Supplier sets the clock, sends a top-up, or sends a command in a format that the meter cannot
	// read.
	{
		share: 6,
		sender: 'own',
		on: 'ESME',
		variants: ['6.11'],
		answer: ['I0', 3, 12],
		alert: { share: 12, code: '8F0C', on: 'ESME', delaySeconds: SOON_SECONDS }
	},
	{
		share: 8,
		sender: 'own',
		on: 'ESME',
		variants: ['2.2'],
		answer: ['I0', 3, 12],
		alert: { share: 16, code: '810E', on: 'ESME', delaySeconds: SOON_SECONDS }
	},
	{
		share: 3,
		sender: 'own',
		on: 'ESME',
		variants: ['6.8', '6.14.2'],
		answer: ['E65', 5, 20],
		alert: { share: 6, code: '8F1E', on: 'ESME', delaySeconds: SOON_SECONDS }
	},
	// A command does not reach the Device. The DCC Alert names the command.
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
			delaySeconds: [30, 120],
			names: 'request-id'
		}
	},
	// A stored tariff takes effect. The meter names the command by its counter.
	{
		share: 4,
		sender: 'own',
		on: 'ESME',
		variants: ['1.1.1'],
		answer: ['I0', 3, 12],
		executedAfterSeconds: 60,
		alert: {
			share: 10,
			code: '8F66',
			on: 'ESME',
			delaySeconds: [62, 180],
			names: 'counter',
			messageCode: '0019'
		}
	}
];

/** Everyday requests that succeed and cause no Alert. */
export const HARMLESS_REQUESTS: readonly Mechanism[] = [
	{ share: 22, sender: 'own', on: 'ESME', variants: ['4.6.1', '4.8.1', '7.4'], answer: ['I0', 3, 25] },
	{ share: 8, sender: 'own', on: 'GSME', variants: ['4.6.1', '4.8.1'], answer: ['I0', 20, 600] },
	{ share: 10, sender: northGrid, on: 'ESME', variants: ['4.10', '6.2.1'], answer: ['I0', 3, 25] },
	{ share: 6, sender: homeWatt, on: 'ESME', variants: ['4.8.1', '6.2.4'], answer: ['I0', 3, 25] },
	{ share: 3, sender: metrix, on: 'ESME', variants: ['6.13', '11.2'], answer: ['I0', 3, 25] },
	{ share: 3, sender: 'own', on: 'CHF', variants: ['8.9'], answer: ['I0', 3, 25] }
];

export const SPONTANEOUS_ALERTS: readonly SpontaneousAlert[] = [
	// Supply
	{ share: 34, code: '8F36', on: 'ESME' },
	{ share: 18, code: '8F35', on: 'ESME' },
	{ share: 6, code: 'AD1', on: 'CHF', dccPayload: 'PowerOutageEvent' },
	// Batteries, wiring, metrology
	{ share: 10, code: '8F1F', on: 'GSME' },
	{ share: 8, code: '81B8', on: 'ESME' },
	{ share: 6, code: '81BB', on: 'ESME' },
	// Tamper and access at the meter
	{ share: 8, code: '8F3F', on: 'ESME' },
	{ share: 6, code: '8F76', on: 'ESME' },
	{ share: 4, code: '8F74', on: 'GSME' }
];

/** Returns a list of a hundred entries: each item `share` times, spread over the list. */
export function mixOf<T extends { share: number }>(items: readonly T[]): T[] {
	const mix = items.flatMap((item) => Array.from({ length: item.share }, () => item));
	if (mix.length !== 100) throw new Error(`the shares of a mix add up to ${mix.length}, not 100`);
	return mix.map((_, i) => mix[(i * 37) % 100]!);
}
