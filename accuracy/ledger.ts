// The book of one simulated world: every Service Request, every Alert, and the truth beside it.
import type { TruthKind } from '#lib/domain/accuracy-report.ts';
import { DAY, SECOND, type AlertBody, type RequestBody } from '../demo/events.ts';
import type { Random } from '../demo/random.ts';
import { devicesOf, homeOf, type DeviceBody, type Home, type Party } from '../demo/world.ts';
import { transit } from './delays.ts';
import type { Truth } from './truth.ts';

/** Shares of what goes wrong in a world. */
export interface Faults {
	/** Audit records that come only when everything else is in. */
	late: number;
	/** Records of causing requests that never come. */
	missing: number;
	/** Requests whose response comes in a second record. */
	inTwoParts: number;
	/** Devices whose clock is some seconds off and called reliable. */
	skewedClock: number;
	/** Devices whose clock is minutes or hours off and called unreliable. */
	unreliableClock: number;
	/** Devices that have lost their date. */
	invalidClock: number;
}

export type RequestPart = Partial<RequestBody> & Pick<RequestBody, 'requestId'>;

export interface Sent {
	requestId: string;
	party: Party;
	at: number;
	late: boolean;
	missing: boolean;
	/** Whether it has been drawn if its record is missing. */
	isCause: boolean;
	parts: RequestPart[];
}

interface Clock {
	status: 'reliable' | 'unreliable' | 'invalid';
	/** Seconds ahead of true time. */
	ahead: number;
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
	/** The Device's clock at this moment, where the mechanism is about clocks. */
	clock?: Clock;
}

const iso = (at: number): string => new Date(at).toISOString();
const LOST_DATE = Date.UTC(2000, 0, 1);

export class Ledger {
	readonly requests: Sent[] = [];
	readonly alerts: AlertBody[] = [];
	readonly truths: Truth[] = [];
	readonly devices: DeviceBody[] = [];
	readonly random: Random;
	readonly world: string;
	/** The mechanism that plays now. */
	mechanism = '';
	private readonly faults: Faults;
	private readonly clocks = new Map<string, Clock>();
	private nextHome: number;
	private count = 0;

	/** `firstHome`: numbers from here on are this world's own. */
	constructor(random: Random, world: string, faults: Faults, firstHome: number) {
		this.random = random;
		this.world = world;
		this.faults = faults;
		this.nextHome = firstHome;
	}

	/** A home that nobody else plays on; `electricity` states the tenures of its electricity side. */
	newHome(electricity?: DeviceBody['tenures']): Home {
		const home = homeOf(this.nextHome++);
		this.devices.push(...devicesOf(home, electricity));
		return home;
	}

	/** A Service Request at `at` (epoch ms). `answer`: response code and seconds until it, or none. */
	request(
		party: Party,
		deviceId: string,
		variant: string,
		at: number,
		answer: readonly [code: string, afterSeconds: number] | null,
		more: RequestOptions = {}
	): Sent {
		// Epoch milliseconds and a running number: beyond 2^53, as counters of the trade may be.
		const counter = more.counter ?? String(BigInt(Math.round(at)) * 65_536n + BigInt(this.count++ % 65_536));
		const requestId = `${party.userId}:${deviceId}:${counter}`;
		const first: RequestPart = {
			requestId,
			serviceReferenceVariant: variant,
			userRole: more.role ?? party.role,
			userName: party.name,
			mode: more.mode ?? 'on-demand',
			requestedAt: iso(at),
			executeAt: more.executeAt === undefined ? null : iso(more.executeAt),
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
		const sent: Sent = { requestId, party, at, late, missing: false, isCause: false, parts };
		this.requests.push(sent);
		return sent;
	}

	/** An Alert raised at `at` by true time. `causes`: the requests of the operation that did it; none = spontaneous. */
	alert(deviceId: string, code: string, at: number, causes: readonly Sent[], more: AlertOptions = {}): void {
		const { truth, viewer, hidden = false, outOfScope = false, clock, ...fields } = more;
		const dcc = fields.kind === 'dcc';
		const by = dcc ? null : (clock ?? this.clockOf(deviceId));
		const messageId = `${this.world} ${this.mechanism} ${this.count++}`;
		this.alerts.push({
			deviceId,
			kind: 'device',
			code,
			raisedAt: by && iso(reading(by, at)),
			clockStatus: by?.status ?? 'reliable',
			receivedAt: iso(at + transit(this.random) * SECOND),
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
			// Filled in by `settle`: a later Alert may draw for the same request.
			missing: false,
			hidden,
			outOfScope,
			named: fields.reference !== undefined,
			mechanism: this.mechanism,
			world: this.world
		});
	}

	/** Ends the world: what never arrives is taken out, and the truth says so. */
	settle(): void {
		const gone = new Set(this.requests.filter((sent) => sent.missing).map((sent) => sent.requestId));
		for (const truth of this.truths)
			truth.missing = truth.requests.length > 0 && truth.requests.every((id) => gone.has(id));
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
		if (ticket < invalidClock) return { status: 'invalid', ahead: random.whole(0, 40) * 86_400 };
		const sign = random.chance(0.5) ? 1 : -1;
		if (ticket < invalidClock + unreliableClock)
			return { status: 'unreliable', ahead: sign * random.whole(40, 4 * 3600) };
		if (ticket < invalidClock + unreliableClock + skewedClock)
			return { status: 'reliable', ahead: sign * random.whole(1, 9) };
		return { status: 'reliable', ahead: 0 };
	}
}

/** What the Device's clock shows: whole seconds; a lost date counts from its reset. */
function reading({ status, ahead }: Clock, at: number): number {
	if (status === 'invalid') return LOST_DATE + ahead * SECOND + (at % DAY);
	return Math.floor((at + ahead * SECOND) / SECOND) * SECOND;
}
