// What correlation looks at: the facts of one Alert, and the Service Requests around it. Times are epoch ms (UTC).
import type { ClockStatus } from '../alert.ts';
import type { CauseTable } from '../cause-table/cause-table.ts';
import type { InstructionReport } from './command-outcome.ts';
import type { CommandReference } from '../command-reference.ts';
import type { LearnedPatterns } from '../learned-pattern.ts';
import type { ServiceRequest } from '../service-request.ts';
import type { TenureSpan } from '../tenure.ts';

export interface AlertFacts {
	deviceId: string;
	deviceType: string | null;
	hubId: string | null;
	kind: 'device' | 'dcc';
	code: string;
	dccPayload: string | null;
	effectiveAt: number;
	/** The User it was addressed to, where that is known. */
	recipientId: string | null;
	clockStatus: ClockStatus;
	throttledCount: number | null;
	reference: CommandReference | null;
}

/** Another Device of the home network, or the Alert's own. */
export interface HomeDevice {
	deviceType: string;
	tenures: readonly TenureSpan[];
}

export interface Evidence {
	alert: AlertFacts;
	/** Every request known for the home network around the Alert, of all Users; tenure is applied by `correlate`. */
	requests: readonly ServiceRequest[];
	/** The Devices of the home network by id, the Alert's own included. Empty for an unknown Device. */
	home: ReadonlyMap<string, HomeDevice>;
	viewer: { supplierId: number; userIds: ReadonlySet<string> };
	/** All outcome Alerts of the command that the Alert names, itself included. */
	reports: readonly InstructionReport[];
	/** User Roles of which only the role is disclosed, never who it was. */
	roleOnly: ReadonlySet<string>;
	/** Only what waits for a time to pass looks at it (epoch ms). */
	now: number;
	/** Up to when the audit data of every source is complete; `null` while no source has said. */
	completeUntil: number | null;
	table: CauseTable;
	/** What the viewer's own Alerts have taught beyond the table. */
	learned: LearnedPatterns;
}

const CLOCK_AHEAD = 5 * 60_000;
const CLOCK_BEHIND = 90 * 86_400_000;

/**
 * The instant an Alert counts for. The Device's clock is taken where it is said to be reliable and is possible: not
 * ahead of the receipt (5 minutes are forgiven), nor back at a reset date. Else the time of receipt.
 */
export function effectiveTime(raisedAt: number | null, receivedAt: number, clockStatus: ClockStatus): number {
	if (raisedAt === null || clockStatus !== 'reliable') return receivedAt;
	const possible = raisedAt <= receivedAt + CLOCK_AHEAD && raisedAt >= receivedAt - CLOCK_BEHIND;
	return possible ? raisedAt : receivedAt;
}

/** Roles without a certificate slot on a meter: the DCC relays their commands as its own (Access Control Broker). */
const RELAYED_ROLES = new Set(['OU', 'ES', 'RSA']);
export const isRelayed = (role: string): boolean => RELAYED_ROLES.has(role);

/** Seconds until the DCC gives up on an answer: a gas meter sleeps, a mains-powered Device answers a read in 30 s. */
export const timeOutSeconds = (deviceType: string | null): number =>
	deviceType === 'GSME' ? LONGEST_WAIT_SECONDS : 30;
/** No Device is waited for any longer: by so much the window of an unanswered request may be exceeded. */
export const LONGEST_WAIT_SECONDS = 7200;

/** Seconds for which a Device usually lets a command wait: a gas meter wakes up every half hour. */
export const usualWaitSeconds = (deviceType: string | null): number => (deviceType === 'GSME' ? 1800 : 0);
