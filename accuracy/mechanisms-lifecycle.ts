// Things that take days: tariffs stored for later, firmware, a change of Supplier; and DCC Alerts that name a request.
import { PARTIES } from '../demo/world.ts';
import { skewed } from './delays.ts';
import type { Ledger, Sent } from './ledger.ts';
import { DAY, HOUR, MINUTE, SECOND, atOnce, command, own, type Mechanism } from './mechanism.ts';

const { oldmoor, newlane, halden, northGrid, homeWatt, metrix } = PARTIES;
const SINCE = '2025-01-01T00:00:00.000Z';
const iso = (at: number): string => new Date(at).toISOString();

/** Commands that a meter stores, with the message code of each and how many instructions it has. */
const STORED = [
	['1.1.1', '0019', 6],
	['1.2.1', '00A2', 3],
	['1.6', '001A', 1],
	['6.4.1', '0043', 4],
	['6.14.2', '0054', 2],
	['2.1', '001F', 9]
] as const;

/** Every Alert is addressed; by a clock that is seconds late, one of the first may seem to lie before the tenure. */
const toUs = { recipientId: own.userId };

const counterOf = (sent: Sent): string => sent.requestId.split(':')[2]!;

function naming(
	l: Ledger,
	esme: string,
	at: number,
	sent: Sent,
	kind: 'ok' | 'failed',
	code: string,
	steps: number
) {
	const failing = kind === 'failed' ? l.random.whole(1, steps) : 0;
	for (let step = 1; step <= steps; step++)
		l.alert(esme, step === failing ? '8F67' : '8F66', at + step * l.random.whole(1, 4) * SECOND, [sent], {
			reference: {
				originatorId: sent.party.userId,
				counter: counterOf(sent),
				messageCode: code,
				requestId: null,
				instruction: step,
				instructions: steps
			}
		});
}

export const LIFECYCLE: readonly Mechanism[] = [
	{
		// Sent weeks ago, stored by the meter, run at its time: one Alert for each instruction, and each names its command.
		name: 'stored command',
		share: 4,
		play(l, home, at) {
			const [variant, code, steps] = l.random.pick(STORED);
			const sentAt = at - l.random.whole(1, 40) * DAY - l.random.whole(0, 86_000) * SECOND;
			const answer = ['I0', l.random.whole(4, 60)] as const;
			const sent = l.request(own, home.esme, variant, sentAt, answer, {
				executeAt: at,
				mode: 'future-dated-device'
			});
			naming(l, home.esme, at, sent, l.random.chance(0.1) ? 'failed' : 'ok', code, steps);
		}
	},
	{
		// Two Users happen to use one counter, and the Alert does not say whose.
		name: 'one counter of two',
		share: 0.4,
		play(l, home, at) {
			const counter = String(Math.round(at));
			const more = { counter, executeAt: at, mode: 'future-dated-device' };
			const cause = l.request(own, home.esme, '6.15.1', at - 9 * DAY, ['I0', 20], more);
			l.request(northGrid, home.esme, '6.15.1', at - 8 * DAY, ['I0', 20], more);
			l.alert(home.esme, '8F66', at + 4 * SECOND, [cause], {
				reference: { originatorId: null, counter, messageCode: null, requestId: null }
			});
		}
	},
	{
		name: 'not supported',
		share: 2,
		play(l, home, at) {
			const [variant, messageCode] = l.random.pick([
				['6.11', '0062'],
				['7.3', '0051'],
				['7.2', '0050']
			] as const);
			const { sent, acts } = command(l, own, home.esme, variant, at, 'fails');
			l.alert(home.esme, '8F85', atOnce(l, acts), [sent], {
				reference: { originatorId: own.userId, counter: counterOf(sent), messageCode, requestId: null }
			});
		}
	},
	{
		// New firmware is activated, now or at a set time, and the meter restarts.
		name: 'activation',
		share: 3,
		play(l, home, at) {
			const later = l.random.chance(0.4);
			const sentAt = later ? at - l.random.whole(1, 200) * HOUR : at;
			const { sent, acts } = command(
				l,
				own,
				home.esme,
				'11.3',
				sentAt,
				'succeeds',
				later ? { executeAt: at, mode: 'future-dated-device' } : {}
			);
			const restarts = (later ? at : acts) + skewed(l.random, 280, 0.9, 6 * 3600) * SECOND;
			l.alert(home.esme, l.random.pick(['81B2', '81B2', '81B3', '8F1B']), restarts, [sent]);
		}
	},
	{
		// An image takes hours or days through the network before the meter has checked it.
		name: 'image',
		share: 3,
		play(l, home, at) {
			const sent = l.request(
				own,
				home.esme,
				'11.1',
				at - skewed(l.random, 9 * 3600, 1, 6 * 86_400) * SECOND,
				['I0', l.random.whole(20, 90)]
			);
			l.alert(home.esme, l.random.chance(0.9) ? '8F72' : '8F1C', at, [sent]);
		}
	},
	{
		name: 'commissioned',
		share: 1.5,
		play(l, home, at) {
			const { sent, acts } = command(l, own, home.esme, '8.1.1', at);
			l.alert(home.esme, '8F69', atOnce(l, acts), [sent]);
			l.alert(home.esme, 'N16', acts + skewed(l.random, 25, 0.8, HOUR / SECOND) * SECOND, [sent], {
				kind: 'dcc',
				dccPayload: 'DeviceStatusChangeEvent'
			});
		}
	},
	{
		// Anybody's read of the firmware version shows the DCC one that is not approved: the Device is suspended.
		name: 'version read',
		share: 1,
		play(l, home, at) {
			const { sent, acts } = command(l, l.random.pick([metrix, homeWatt, own]), home.esme, '11.2', at);
			l.alert(home.esme, 'N16', acts + skewed(l.random, 15, 0.8, HOUR / SECOND) * SECOND, [sent], {
				kind: 'dcc',
				dccPayload: 'DeviceStatusChangeEvent'
			});
		}
	},
	{
		name: 'command failure',
		share: 4,
		play(l, home, at) {
			const variant = l.random.pick(['6.13', '4.8.1', '6.2.1', '7.2', '1.5']);
			const gaveUp = l.random.whole(35, 120);
			const sent = l.request(own, home.esme, variant, at, ['E20', gaveUp]);
			l.alert(home.esme, 'N13', at + (gaveUp + l.random.whole(1, 40)) * SECOND, [sent], {
				kind: 'dcc',
				dccPayload: 'CommandFailure',
				reference: { requestId: sent.requestId }
			});
		}
	},
	{
		name: 'quarantined',
		share: 1,
		play(l, home, at) {
			const sent = l.request(own, home.esme, l.random.pick(['6.4.1', '7.2']), at, null);
			l.alert(home.esme, 'N52', at + l.random.whole(2, 28) * MINUTE, [sent], {
				kind: 'dcc',
				dccPayload: 'QuarantinedRequest',
				reference: { requestId: sent.requestId }
			});
		}
	},
	{
		// We gain a meter. The new credentials are not there yet when our first commands come; the DCC confirms the change.
		name: 'meter gained',
		share: 3,
		play(l, _home, at) {
			const home = l.newHome([{ supplier: 'brightwell', from: iso(at), to: null }]);
			const executes = at + skewed(l.random, 900, 1.2, 6 * 3600) * SECOND;
			const gain = l.request(own, home.esme, '6.23', at - l.random.whole(20, 60) * HOUR, ['I0', 30], {
				executeAt: at,
				mode: 'future-dated-dsp'
			});
			const early = at + l.random.next() * 0.9 * (executes - at);
			const { sent, acts } = command(
				l,
				own,
				home.esme,
				l.random.pick(['1.1.1', '1.2.1', '6.8', '1.6']),
				early,
				'silent'
			);
			l.alert(home.esme, '8F30', atOnce(l, acts), [sent], toUs);
			l.alert(home.esme, 'N41', executes + l.random.whole(20, 200) * SECOND, [gain], {
				kind: 'dcc',
				dccPayload: 'ChangeOfSupplier',
				reference: { requestId: gain.requestId }
			});
		}
	},
	{
		// The former Supplier's price was on its way when the meter became ours: the law hides it.
		name: 'former supplier',
		share: 1.5,
		play(l, _home, at) {
			const home = l.newHome([{ supplier: 'brightwell', from: iso(at), to: null }]);
			const sent = l.request(oldmoor, home.esme, '1.1.1', at - l.random.whole(3, 25) * SECOND, null);
			l.alert(home.esme, '8F30', at + l.random.whole(1, 60) * SECOND, [sent], { ...toUs, hidden: true });
			if (l.random.chance(0.5)) l.request(homeWatt, home.esme, '4.8.1', at + SECOND, ['I0', 9]);
		}
	},
	{
		// A meter we have lost still has our certificate: its Alerts come to us and are not ours.
		name: 'meter lost',
		share: 2,
		play(l, _home, at) {
			const lost = at - l.random.whole(1, 20) * HOUR;
			const home = l.newHome([{ supplier: 'brightwell', from: SINCE, to: iso(lost) }]);
			const ours = { recipientId: own.userId, viewer: 'brightwell', outOfScope: true };
			const { sent, acts } = command(l, newlane, home.esme, l.random.pick(['1.6', '1.1.1']), at, 'silent');
			l.alert(home.esme, '8F30', atOnce(l, acts), [sent], ours);
			l.alert(
				home.esme,
				l.random.pick(['8F0F', '8F76', '8F3E']),
				at + l.random.whole(5, 200) * MINUTE,
				[],
				ours
			);
		}
	},
	{
		// Gas changes hands while electricity stays: the new gas Supplier sets up the shared hub.
		name: 'gas gained by another',
		share: 1.5,
		play(l, home, at) {
			const admitted = command(l, halden, home.chf, '8.11', at);
			l.alert(home.esme, '8183', admitted.acts + skewed(l.random, 100, 1, 6 * 3600) * SECOND, [
				admitted.sent
			]);
		}
	}
];
