// Defines the events of the simulated world, when each event reaches Causeway, and the true cause of each Alert.
import type { Random } from './random.ts';
import type { DeviceBody, Party } from './world.ts';

export interface RequestBody {
	requestId: string;
	serviceReferenceVariant: string;
	userRole: string;
	userName: string;
	mode: string;
	requestedAt: string;
	executeAt: string | null;
	respondedAt: string | null;
	responseCode: string | null;
	source: string;
}

export interface AlertBody {
	deviceId: string;
	kind: 'device' | 'dcc';
	code: string;
	dccPayload?: string;
	raisedAt: string | null;
	clockStatus: string;
	receivedAt: string;
	messageId: string;
	throttledCount?: number;
	reference?: Record<string, string | number | null>;
}

/** `sendAt`: when the event reaches Causeway (epoch ms). Some audit records arrive late. */
export type WorldEvent =
	| { sendAt: number; what: 'devices'; body: DeviceBody[] }
	| { sendAt: number; what: 'request'; body: RequestBody }
	| { sendAt: number; what: 'alert'; body: AlertBody }
	| { sendAt: number; what: 'duis'; body: string };

/** The true cause of an Alert. The feed writes it to a file and never sends it to Causeway. */
export interface Truth {
	messageId: string;
	/** `unknown-cause`: a Service Request caused the Alert, but the cause table does not know this cause. */
	kind: 'caused' | 'spontaneous' | 'unknown-cause';
	/** The RequestID of the causing Service Request. `null`: no Service Request caused the Alert. */
	cause: string | null;
	/** The name of the story, such as `S1`. `null`: daily traffic. */
	story: string | null;
}

export interface Happening {
	events: WorldEvent[];
	truths: Truth[];
}

const iso = (at: number): string => new Date(at).toISOString();
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The share of audit records that arrive late. */
const LATE_SHARE = 0.15;
/** The share of Alerts that arrive twice. */
export const DUPLICATE_SHARE = 0.05;

/** Collects the events of one story, or of one stretch of daily traffic. Times are epoch ms. */
export class Chronicle {
	readonly happening: Happening = { events: [], truths: [] };
	readonly random: Random;
	readonly name: string;
	readonly story: string | null;
	private count = 0;

	constructor(random: Random, name: string, story: string | null = null) {
		this.random = random;
		this.name = name;
		this.story = story;
	}

	/** Adds a change of the Device inventory. */
	devices(at: number, body: DeviceBody[]): void {
		this.happening.events.push({ sendAt: at, what: 'devices', body });
	}

	/**
	 * Adds a Service Request and returns its RequestID. `answer`: the response code and the seconds until the response;
	 * `null`: no response yet.
	 */
	request(
		party: Party,
		deviceId: string,
		variant: string,
		at: number,
		answer: [code: string, afterSeconds: number] | null,
		more: { executeAt?: number; mode?: string; lateBy?: number; counter?: string; role?: string } = {}
	): string {
		const requestId = `${party.userId}:${deviceId}:${more.counter ?? String(Math.round(at) * 10 + this.count++)}`;
		const respondedAt = answer && at + answer[1] * SECOND;
		const late =
			more.lateBy ??
			(this.story === null && this.random.chance(LATE_SHARE) ? this.random.whole(30, 110) * SECOND : 0);
		this.happening.events.push({
			sendAt: at + 2 * SECOND + late,
			what: 'request',
			body: {
				requestId,
				serviceReferenceVariant: variant,
				userRole: more.role ?? party.role,
				userName: party.name,
				mode: more.mode ?? 'on-demand',
				requestedAt: iso(at),
				executeAt: more.executeAt === undefined ? null : iso(more.executeAt),
				respondedAt: respondedAt === null ? null : iso(respondedAt),
				responseCode: answer && answer[0],
				source: 'sat'
			}
		});
		return requestId;
	}

	/** Adds an Alert raised at `at`. `cause`: the RequestID of the causing Service Request; `null`: there is none. */
	alert(
		deviceId: string,
		code: string,
		at: number,
		cause: string | null,
		more: Partial<AlertBody> & { truth?: Truth['kind']; transit?: number } = {}
	): void {
		const { truth, transit = this.random.whole(1, 8), ...fields } = more;
		const receivedAt = at + transit * SECOND;
		const messageId = fields.messageId ?? `demo ${this.name} ${Math.round(at)} ${this.count++}`;
		const body: AlertBody = {
			deviceId,
			kind: 'device',
			code,
			raisedAt: iso(at),
			clockStatus: 'reliable',
			receivedAt: iso(receivedAt),
			...fields,
			messageId
		};
		this.happening.events.push({ sendAt: receivedAt, what: 'alert', body });
		if (this.story === null && this.random.chance(DUPLICATE_SHARE))
			this.happening.events.push({
				sendAt: receivedAt + this.random.whole(1, 40) * SECOND,
				what: 'alert',
				body
			});
		this.happening.truths.push({
			messageId,
			kind: truth ?? (cause ? 'caused' : 'spontaneous'),
			cause,
			story: this.story
		});
	}

	/** Adds a DUIS message (XML). */
	duis(at: number, body: string): void {
		this.happening.events.push({ sendAt: at, what: 'duis', body });
	}
}
