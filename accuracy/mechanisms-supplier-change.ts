// Lists the mechanisms of a change of Supplier: a meter gained, a meter lost, a change of the gas Supplier.
import { PARTIES } from '../demo/world.ts';
import { skewed } from './delays.ts';
import { HOUR, MINUTE, SECOND, command, ownSupplier, promptAlertAt, type Mechanism } from './mechanism.ts';

const { oldmoor, newlane, halden, homeWatt } = PARTIES;
const TENURE_START = '2025-01-01T00:00:00.000Z';
const iso = (at: number): string => new Date(at).toISOString();

/** A slow clock may put one of the first Alerts before the tenure. `recipientId` then shows that the Alert belongs to Brightwell. */
const addressedToUs = { recipientId: ownSupplier.userId };

export const SUPPLIER_CHANGE: readonly Mechanism[] = [
	{
		// Brightwell gains a meter. Its first command arrives before its credentials, and later the DCC confirms the
		// change.
		name: 'meter gained',
		share: 3,
		play(ledger, _home, at) {
			const home = ledger.newHome([{ supplier: 'brightwell', from: iso(at), to: null }]);
			const executesAt = at + skewed(ledger.random, 900, 1.2, 6 * 3600) * SECOND;
			const gain = ledger.request(
				ownSupplier,
				home.esme,
				'6.23',
				at - ledger.random.whole(20, 60) * HOUR,
				['I0', 30],
				{
					executeAt: at,
					mode: 'future-dated-dsp'
				}
			);
			const early = at + ledger.random.next() * 0.9 * (executesAt - at);
			const { sent, actsAt } = command(
				ledger,
				ownSupplier,
				home.esme,
				ledger.random.pick(['1.1.1', '1.2.1', '6.8', '1.6']),
				early,
				'silent'
			);
			ledger.alert(home.esme, '8F30', promptAlertAt(ledger, actsAt), [sent], addressedToUs);
			ledger.alert(home.esme, 'N41', executesAt + ledger.random.whole(20, 200) * SECOND, [gain], {
				kind: 'dcc',
				dccPayload: 'ChangeOfSupplier',
				reference: { requestId: gain.requestId }
			});
		}
	},
	{
		// The former Supplier's tariff is on its way when Brightwell gains the meter. The law hides that request.
		name: 'former supplier',
		share: 1.5,
		play(ledger, _home, at) {
			const home = ledger.newHome([{ supplier: 'brightwell', from: iso(at), to: null }]);
			const sent = ledger.request(
				oldmoor,
				home.esme,
				'1.1.1',
				at - ledger.random.whole(3, 25) * SECOND,
				null
			);
			ledger.alert(home.esme, '8F30', at + ledger.random.whole(1, 60) * SECOND, [sent], {
				...addressedToUs,
				hidden: true
			});
			if (ledger.random.chance(0.5)) ledger.request(homeWatt, home.esme, '4.8.1', at + SECOND, ['I0', 9]);
		}
	},
	{
		// A meter that Brightwell has lost still has its certificate. The Alerts go to Brightwell but are out of its
		// tenure.
		name: 'meter lost',
		share: 2,
		play(ledger, _home, at) {
			const lost = at - ledger.random.whole(1, 20) * HOUR;
			const home = ledger.newHome([{ supplier: 'brightwell', from: TENURE_START, to: iso(lost) }]);
			const ours = { recipientId: ownSupplier.userId, viewer: 'brightwell', outOfScope: true };
			const { sent, actsAt } = command(
				ledger,
				newlane,
				home.esme,
				ledger.random.pick(['1.6', '1.1.1']),
				at,
				'silent'
			);
			ledger.alert(home.esme, '8F30', promptAlertAt(ledger, actsAt), [sent], ours);
			ledger.alert(
				home.esme,
				ledger.random.pick(['8F0F', '8F76', '8F3E']),
				at + ledger.random.whole(5, 200) * MINUTE,
				[],
				ours
			);
		}
	},
	{
		// The gas Supplier changes and the electricity Supplier stays. The new gas Supplier sets up the shared hub.
		name: 'gas gained by another',
		share: 1.5,
		play(ledger, home, at) {
			const admitted = command(ledger, halden, home.chf, '8.11', at);
			ledger.alert(home.esme, '8183', admitted.actsAt + skewed(ledger.random, 100, 1, 6 * 3600) * SECOND, [
				admitted.sent
			]);
		}
	}
];
