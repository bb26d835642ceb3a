// Records one simulated world: every Service Request, every Alert, and the true cause of each Alert.
import type { TruthKind } from '#lib/domain/accuracy-report.ts';
import { DAY, SECOND, type AlertBody, type RequestBody } from '../demo/events.ts';
import type { Random } from '../demo/random.ts';
import { devicesOf, homeOf, type DeviceBody, type Home, type Party } from '../demo/world.ts';
import { secondsInTransit } from './delays.ts';
import type { Truth } from './truth.ts';

/** The faults of a world, as shares from 0 to 1. */
export interface Faults {
	/** Audit records that arrive after all other records. */
	late: number;
	/** Audit records of causing requests that never arrive. */
	missing: number;
	/** Requests whose response arrives in a second record. */
	inTwoParts: number;
	/** Devices whose clock is some seconds off and reported as reliable. */
	skewedClock: number;
	/** Devices whose clock is minutes or hours off and reported as unreliable. */
	unreliableClock: number;
	/** Devices whose clock has returned to its reset date. */
	invalidClock: number;
}

export type RequestPart = Partial<RequestBody> & Pick<RequestBody, 'requestId'>;

export interface SentRequest {
	requestId: string;
	party: Party;
	at: number;
	late: boolean;
	missing: boolean;
	/** The request causes an Alert. `missing` is drawn when this becomes true. */
	isCause: boolean;
	parts: RequestPart[];
}

interface Clock {
	status: 'reliable' | 'unreliable' | 'invalid';
	/** Seconds by which the clock is ahead of true time. */
	aheadSeconds: number;
}

export interface RequestOptions {
	executeAt?: number;
	mode?: RequestBody['mode'];
	counter?: string;
	role?: string;
}

export interface AlertOptions {
	kind?: 'device' | 'dcc';
	dccPayload?: string;
	reference?: Record<string, string | number | null>;
	recipientId?: string;
	viewer?: string;
	truth?: TruthKind;
	hidden?: boolean;
	outOfScope?: boolean;
	/** The Device's clock for this Alert. Absent: the clock that was drawn for the Device. */
	clock?: Clock;
}

const iso = (at: number): string => new Date(at).toISOString();
const RESET_DATE = Date.UTC(2000, 0, 1);

export class Ledger {
	readonly requests: SentRequest[] = [];
	readonly alerts: AlertBody[] = [];
	readonly truths: Truth[] = [];
	readonly devices: DeviceBody[] = [];
	readonly random: Random;
	readonly world: string;
	/** The name of the mechanism that adds requests and Alerts now. */
	mechanism = '';
	private readonly faults: Faults;
	private readonly clocks = new Map<string, Clock>();
	private nextHome: number;
	private count = 0;

	/** `firstHome`: the first number for new homes. No other world uses `firstHome` and the numbers after it. */
	constructor(random: Random, world: string, faults: Faults, firstHome: number) {
		this.random = random;
		this.world = world;
		this.faults = faults;
		this.nextHome = firstHome;
	}

	/** Adds a home for one mechanism alone. `electricity` sets the tenures of its electricity side. */
	newHome(electricity?: DeviceBody['tenures']): Home {
		const home = homeOf(this.nextHome++);
		this.devices.push(...devicesOf(home, electricity));
		return home;
	}

	/** Adds a Service Request at `at` (epoch ms). `answer`: response code and delay (s). `null`: no response. */
	request(
		party: Party,
		deviceId: string,
		variant: string,
		at: number,
		answer: readonly [code: string, afterSeconds: number] | null,
		options: RequestOptions = {}
	): SentRequest {
		// The counter is made of epoch milliseconds and a running number. The value exceeds 2^53, as real counters may.
		const counter =
			options.counter ?? String(BigInt(Math.round(at)) * 65_536n + BigInt(this.count++ % 65_536));
		const requestId = `${party.userId}:${deviceId}:${counter}`;
		const first: RequestPart = {
			requestId,
			serviceReferenceVariant: variant,
			userRole: options.role ?? party.role,
			userName: party.name,
			mode: options.mode ?? 'on-demand',
			requestedAt: iso(at),
			executeAt: options.executeAt === undefined ? null : iso(options.executeAt),
			respondedAt: null,
			responseCode: null,
			source: 'sat'
		};
		const response = answer && { respondedAt: iso(at + answer[1] * SECOND), responseCode: answer[0] };
		const parts =
			response && this.random.chance(this.faults.inTwoParts)
				? [first, { requestId, ...response, source: 'sat' }]
				: [{ ...first, ...response }];
		const late = this.random.chance(this.faults.late);
		const sent: SentRequest = { requestId, party, at, late, missing: false, isCause: false, parts };
		this.requests.push(sent);
		return sent;
	}

	/**
	 * Adds an Alert that is raised at `at` (epoch ms, true time). `causes`: the requests of the operation that caused
	 * it. An empty list means a spontaneous Alert.
	 */
	alert(
		deviceId: string,
		code: string,
		at: number,
		causes: readonly SentRequest[],
		options: AlertOptions = {}
	): void {
		const { truth, viewer, hidden = false, outOfScope = false, clock, ...fields } = options;
		const dcc = fields.kind === 'dcc';
		const deviceClock = dcc ? null : (clock ?? this.clockOf(deviceId));
		const messageId = `${this.world} ${this.mechanism} ${this.count++}`;
		this.alerts.push({
			deviceId,
			kind: 'device',
			code,
			raisedAt: deviceClock && iso(clockReading(deviceClock, at)),
			clockStatus: deviceClock?.status ?? 'reliable',
			receivedAt: iso(at + secondsInTransit(this.random) * SECOND),
			...fields,
			messageId
		});
		const operation = causes.filter((cause) => cause.at <= at + SECOND);
		for (const cause of operation) {
			if (!cause.isCause) cause.missing = this.random.chance(this.faults.missing);
			cause.isCause = true;
		}
		this.truths.push({
			messageId,
			code,
			viewer: viewer ?? this.viewerOf(deviceId),
			kind: truth ?? (operation.length > 0 ? 'caused' : 'spontaneous'),
			requests: operation.map((cause) => cause.requestId),
			// `markMissing` sets it, because a later Alert may still draw `missing` for the same request.
			missing: false,
			hidden,
			outOfScope,
			named: fields.reference !== undefined,
			mechanism: this.mechanism,
			world: this.world
		});
	}

	/** Marks each truth whose requests are all missing. Call this function once, after the last Alert. */
	markMissing(): void {
		const missingIds = new Set(this.requests.filter((sent) => sent.missing).map((sent) => sent.requestId));
		for (const truth of this.truths)
			truth.missing = truth.requests.length > 0 && truth.requests.every((id) => missingIds.has(id));
	}

	private viewerOf(deviceId: string): string {
		const device = this.devices.find((d) => d.deviceId === deviceId);
		return device?.tenures.at(-1)?.supplier ?? 'brightwell';
	}

	private clockOf(deviceId: string): Clock {
		let clock = this.clocks.get(deviceId);
		if (!clock) this.clocks.set(deviceId, (clock = this.drawClock()));
		return clock;
	}

	private drawClock(): Clock {
		const { random } = this;
		const { invalidClock, unreliableClock, skewedClock } = this.faults;
		const ticket = random.next();
		if (ticket < invalidClock) return { status: 'invalid', aheadSeconds: random.whole(0, 40) * 86_400 };
		const sign = random.chance(0.5) ? 1 : -1;
		if (ticket < invalidClock + unreliableClock)
			return { status: 'unreliable', aheadSeconds: sign * random.whole(40, 4 * 3600) };
		if (ticket < invalidClock + unreliableClock + skewedClock)
			return { status: 'reliable', aheadSeconds: sign * random.whole(1, 9) };
		return { status: 'reliable', aheadSeconds: 0 };
	}
}

/** Returns the time that the Device's clock shows, in whole seconds. An invalid clock counts from its reset date. */
function clockReading({ status, aheadSeconds }: Clock, at: number): number {
	if (status === 'invalid') return RESET_DATE + aheadSeconds * SECOND + (at % DAY);
	return Math.floor((at + aheadSeconds * SECOND) / SECOND) * SECOND;
}
