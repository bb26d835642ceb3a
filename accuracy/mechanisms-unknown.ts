// Lists the mechanisms that nobody has described: quirks of one model or firmware. The quirks are in no cause table and are
// measured separately. One quirk happens often enough for Causeway to learn the pattern.
import { PARTIES } from '../demo/world.ts';
import { skewed } from './delays.ts';
import { SECOND, command, ownSupplier, type Mechanism } from './mechanism.ts';

const { metrix, homeWatt, northGrid } = PARTIES;

export const UNKNOWN: readonly Mechanism[] = [
	{
		// One model reports a program error after a read by a meter operator.
		name: 'quirk: agent read',
		share: 0.7,
		on: (home) => home.model === 'Aster E4',
		play(ledger, home, at) {
			const { sent, actsAt } = command(ledger, metrix, home.esme, '6.2.4', at);
			const raisedAt = actsAt + skewed(ledger.random, 18, 0.7, 600) * SECOND;
			ledger.alert(home.esme, '81AF', raisedAt, [sent], { truth: 'unknown-cause' });
		}
	},
	{
		name: 'quirk: profile read',
		share: 0.5,
		play(ledger, home, at) {
			const { sent, actsAt } = command(ledger, homeWatt, home.esme, '4.8.1', at);
			const raisedAt = actsAt + skewed(ledger.random, 40, 0.9, 3600) * SECOND;
			ledger.alert(home.esme, '81A0', raisedAt, [sent], { truth: 'unknown-cause' });
		}
	},
	{
		// The code is specific to the manufacturer.
		name: 'quirk: vendor code',
		share: 0.5,
		play(ledger, home, at) {
			const { sent, actsAt } = command(ledger, ownSupplier, home.esme, '6.14.1', at);
			const raisedAt = actsAt + skewed(ledger.random, 25, 1, 3600) * SECOND;
			ledger.alert(home.esme, '81E4', raisedAt, [sent], { truth: 'unknown-cause' });
		}
	},
	{
		name: 'quirk: voltage read',
		share: 0.4,
		play(ledger, home, at) {
			const { sent, actsAt } = command(ledger, northGrid, home.esme, '6.2.1', at);
			const raisedAt = actsAt + skewed(ledger.random, 30, 0.9, 3600) * SECOND;
			ledger.alert(home.esme, '8F3E', raisedAt, [sent], { truth: 'unknown-cause' });
		}
	}
];
