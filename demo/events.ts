// What happens in the simulated world, and when each part of it reaches Causeway; with the truth beside it.
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

/** `sendAt`: when it reaches Causeway (epoch ms); late for some audit records. */
export type WorldEvent =
	| { sendAt: number; what: 'devices'; body: DeviceBody[] }
	| { sendAt: number; what: 'request'; body: RequestBody }
	| { sendAt: number; what: 'alert'; body: AlertBody }
	| { sendAt: number; what: 'duis'; body: string };

/** What really caused an Alert; kept aside, never sent. */
export interface Truth {
	messageId: string;
	kind: 'caused' | 'spontaneous' | 'unknown-cause';
	cause: string | null;
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

/** Share of audit records that come late, and of Alerts that come twice. */
export const LATE_SHARE = 0.15;
export const DUPLICATE_SHARE = 0.05;

/** Writes what happens; one for each story or episode of traffic. Times are epoch ms. */
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

	devices(at: number, body: DeviceBody[]): void {
		this.happening.events.push({ sendAt: at, what: 'devices', body });
	}

	/** A Service Request; returns its RequestID. `answer`: response code and seconds until it, or none yet. */
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

	/** An Alert raised at `at`; `cause` is the RequestID of what did it, `null` for nothing. */
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

	duis(at: number, body: string): void {
		this.happening.events.push({ sendAt: at, what: 'duis', body });
	}
}
