// Lists the mechanisms of a Device's life: stored commands, firmware, commissioning. Also lists DCC Alerts that name a
// request.
import { PARTIES } from '../demo/world.ts';
import { skewed } from './delays.ts';
import type { Ledger, SentRequest } from './ledger.ts';
import {
	DAY,
	HOUR,
	MINUTE,
	SECOND,
	promptAlertAt,
	command,
	ownSupplier,
	type Mechanism
} from './mechanism.ts';

const { northGrid, homeWatt, metrix } = PARTIES;

/** Commands that a meter stores: SRV, message code, and number of instructions. */
const STORED_COMMANDS = [
	['1.1.1', '0019', 6],
	['1.2.1', '00A2', 3],
	['1.6', '001A', 1],
	['6.4.1', '0043', 4],
	['6.14.2', '0054', 2],
	['2.1', '001F', 9]
] as const;

const counterOf = (sent: SentRequest): string => sent.requestId.split(':')[2]!;

function raiseNamingAlerts(
	ledger: Ledger,
	esme: string,
	at: number,
	sent: SentRequest,
	kind: 'ok' | 'failed',
	code: string,
	steps: number
) {
	const failing = kind === 'failed' ? ledger.random.whole(1, steps) : 0;
	for (let step = 1; step <= steps; step++)
		ledger.alert(
			esme,
			step === failing ? '8F67' : '8F66',
			at + step * ledger.random.whole(1, 4) * SECOND,
			[sent],
			{
				reference: {
					originatorId: sent.party.userId,
					counter: counterOf(sent),
					messageCode: code,
					requestId: null,
					instruction: step,
					instructions: steps
				}
			}
		);
}

export const LIFECYCLE: readonly Mechanism[] = [
	{
		// A command is sent weeks ahead, and the meter stores and executes it. Each instruction raises an Alert that
		// names it.
		name: 'stored command',
		share: 4,
		play(ledger, home, at) {
			const [variant, code, steps] = ledger.random.pick(STORED_COMMANDS);
			const sentAt = at - ledger.random.whole(1, 40) * DAY - ledger.random.whole(0, 86_000) * SECOND;
			const answer = ['I0', ledger.random.whole(4, 60)] as const;
			const sent = ledger.request(ownSupplier, home.esme, variant, sentAt, answer, {
				executeAt: at,
				mode: 'future-dated-device'
			});
			raiseNamingAlerts(
				ledger,
				home.esme,
				at,
				sent,
				ledger.random.chance(0.1) ? 'failed' : 'ok',
				code,
				steps
			);
		}
	},
	{
		// Two Users happen to use the same counter, and the Alert does not name the User.
		name: 'one counter of two',
		share: 0.4,
		play(ledger, home, at) {
			const counter = String(Math.round(at));
			const more = { counter, executeAt: at, mode: 'future-dated-device' };
			const cause = ledger.request(ownSupplier, home.esme, '6.15.1', at - 9 * DAY, ['I0', 20], more);
			ledger.request(northGrid, home.esme, '6.15.1', at - 8 * DAY, ['I0', 20], more);
			ledger.alert(home.esme, '8F66', at + 4 * SECOND, [cause], {
				reference: { originatorId: null, counter, messageCode: null, requestId: null }
			});
		}
	},
	{
		name: 'not supported',
		share: 2,
		play(ledger, home, at) {
			const [variant, messageCode] = ledger.random.pick([
				['6.11', '0062'],
				['7.3', '0051'],
				['7.2', '0050']
			] as const);
			const { sent, actsAt } = command(ledger, ownSupplier, home.esme, variant, at, 'fails');
			ledger.alert(home.esme, '8F85', promptAlertAt(ledger, actsAt), [sent], {
				reference: {
					originatorId: ownSupplier.userId,
					counter: counterOf(sent),
					messageCode,
					requestId: null
				}
			});
		}
	},
	{
		// The meter activates new firmware, now or at a set time, and restarts.
		name: 'activation',
		share: 3,
		play(ledger, home, at) {
			const later = ledger.random.chance(0.4);
			const sentAt = later ? at - ledger.random.whole(1, 200) * HOUR : at;
			const { sent, actsAt } = command(
				ledger,
				ownSupplier,
				home.esme,
				'11.3',
				sentAt,
				'succeeds',
				later ? { executeAt: at, mode: 'future-dated-device' } : {}
			);
			const restartsAt = (later ? at : actsAt) + skewed(ledger.random, 280, 0.9, 6 * 3600) * SECOND;
			ledger.alert(home.esme, ledger.random.pick(['81B2', '81B2', '81B3', '8F1B']), restartsAt, [sent]);
		}
	},
	{
		// A firmware image takes hours or days through the network until the meter has checked it.
		name: 'image',
		share: 3,
		play(ledger, home, at) {
			const sent = ledger.request(
				ownSupplier,
				home.esme,
				'11.1',
				at - skewed(ledger.random, 9 * 3600, 1, 6 * 86_400) * SECOND,
				['I0', ledger.random.whole(20, 90)]
			);
			ledger.alert(home.esme, ledger.random.chance(0.9) ? '8F72' : '8F1C', at, [sent]);
		}
	},
	{
		name: 'commissioned',
		share: 1.5,
		play(ledger, home, at) {
			const { sent, actsAt } = command(ledger, ownSupplier, home.esme, '8.1.1', at);
			ledger.alert(home.esme, '8F69', promptAlertAt(ledger, actsAt), [sent]);
			ledger.alert(
				home.esme,
				'N16',
				actsAt + skewed(ledger.random, 25, 0.8, HOUR / SECOND) * SECOND,
				[sent],
				{
					kind: 'dcc',
					dccPayload: 'DeviceStatusChangeEvent'
				}
			);
		}
	},
	{
		// A read by any User shows the DCC a firmware version that is not approved. The DCC suspends the Device.
		name: 'version read',
		share: 1,
		play(ledger, home, at) {
			const { sent, actsAt } = command(
				ledger,
				ledger.random.pick([metrix, homeWatt, ownSupplier]),
				home.esme,
				'11.2',
				at
			);
			ledger.alert(
				home.esme,
				'N16',
				actsAt + skewed(ledger.random, 15, 0.8, HOUR / SECOND) * SECOND,
				[sent],
				{
					kind: 'dcc',
					dccPayload: 'DeviceStatusChangeEvent'
				}
			);
		}
	},
	{
		name: 'command failure',
		share: 4,
		play(ledger, home, at) {
			const variant = ledger.random.pick(['6.13', '4.8.1', '6.2.1', '7.2', '1.5']);
			const gaveUp = ledger.random.whole(35, 120);
			const sent = ledger.request(ownSupplier, home.esme, variant, at, ['E20', gaveUp]);
			ledger.alert(home.esme, 'N13', at + (gaveUp + ledger.random.whole(1, 40)) * SECOND, [sent], {
				kind: 'dcc',
				dccPayload: 'CommandFailure',
				reference: { requestId: sent.requestId }
			});
		}
	},
	{
		name: 'quarantined',
		share: 1,
		play(ledger, home, at) {
			const sent = ledger.request(ownSupplier, home.esme, ledger.random.pick(['6.4.1', '7.2']), at, null);
			ledger.alert(home.esme, 'N52', at + ledger.random.whole(2, 28) * MINUTE, [sent], {
				kind: 'dcc',
				dccPayload: 'QuarantinedRequest',
				reference: { requestId: sent.requestId }
			});
		}
	}
];
