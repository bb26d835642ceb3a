// Defines the evidence for one Alert: its facts, and the Service Requests around it. Times are epoch ms (UTC).
import type { ClockStatus } from '../alert.ts';
import type { CauseTable } from '../cause-table/cause-table.ts';
import type { CommandReference } from '../command-reference.ts';
import type { LearnedPatterns } from '../learned-pattern.ts';
import type { ServiceRequest } from '../service-request.ts';
import type { TenureSpan } from '../tenure.ts';
import type { InstructionReport } from './command-outcome.ts';

export interface AlertFacts {
	deviceId: string;
	deviceType: string | null;
	hubId: string | null;
	kind: 'device' | 'dcc';
	code: string;
	dccPayload: string | null;
	effectiveAt: number;
	/** The User to whom the Alert was addressed. `null` if this User is not known. */
	recipientId: string | null;
	clockStatus: ClockStatus;
	throttledCount: number | null;
	reference: CommandReference | null;
}

/** A Device of the home network. The Device that sent the Alert is also a `HomeDevice`. */
export interface HomeDevice {
	deviceType: string;
	tenures: readonly TenureSpan[];
}

export interface Evidence {
	alert: AlertFacts;
	/**
	 * Every known request of any User to the home network around the Alert. `correlate` leaves out the requests that
	 * tenure hides.
	 */
	requests: readonly ServiceRequest[];
	/**
	 * The Devices of the home network by id, with the Device that sent the Alert. Empty if the Device of the Alert is
	 * unknown.
	 */
	home: ReadonlyMap<string, HomeDevice>;
	viewer: { supplierId: number; userIds: ReadonlySet<string> };
	/** All outcome Alerts of the command that the Alert names, with the Alert itself. */
	reports: readonly InstructionReport[];
	/** The User Roles whose Users are not disclosed. A viewer learns only the role of a User with such a role. */
	roleOnly: ReadonlySet<string>;
	/** The present instant (epoch ms). Only rules that wait for time to pass read this field. */
	now: number;
	/**
	 * The instant up to which the audit data for this viewer is complete (epoch ms). `null`: there is no source, or at
	 * least one source has not reported.
	 */
	completeUntil: number | null;
	table: CauseTable;
	/** The patterns that were learned from the viewer's own Alerts and that the cause table does not list. */
	learned: LearnedPatterns;
}

const MAX_CLOCK_AHEAD_MS = 5 * 60_000;
const MAX_CLOCK_BEHIND_MS = 90 * 86_400_000;

/**
 * Returns the effective time of an Alert (epoch ms). The Device's time counts if the clock is reported as reliable and
 * the time is possible. Possible times are at most 5 minutes after the receipt and at most 90 days before the receipt.
 * A larger lag means that the clock was reset. In all other cases the time of receipt counts.
 */
export function effectiveTime(raisedAt: number | null, receivedAt: number, clockStatus: ClockStatus): number {
	if (raisedAt === null || clockStatus !== 'reliable') return receivedAt;
	const possible =
		raisedAt <= receivedAt + MAX_CLOCK_AHEAD_MS && raisedAt >= receivedAt - MAX_CLOCK_BEHIND_MS;
	return possible ? raisedAt : receivedAt;
}

/**
 * The roles without a certificate slot on a meter. The DCC relays the commands of these roles as its own (Access
 * Control Broker).
 */
const RELAYED_ROLES = new Set(['OU', 'ES', 'RSA']);
export const isRelayed = (role: string): boolean => RELAYED_ROLES.has(role);

/**
 * Returns after how many seconds the DCC stops waiting for an answer. A gas meter sleeps; a mains-powered Device
 * answers in 30 s.
 */
export const timeOutSeconds = (deviceType: string | null): number =>
	deviceType === 'GSME' ? LONGEST_WAIT_SECONDS : 30;
/**
 * The longest time-out of any Device (seconds). The delay of an unanswered request may exceed the window of a cause by
 * up to this time-out.
 */
export const LONGEST_WAIT_SECONDS = 7200;

/** Returns how many seconds a command usually waits for the Device. A gas meter wakes up every half hour. */
export const usualWaitSeconds = (deviceType: string | null): number => (deviceType === 'GSME' ? 1800 : 0);
