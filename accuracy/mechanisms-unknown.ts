// Causes that nobody has described: quirks of one model or firmware. The product's table cannot know them; what it says
// of them is measured apart, and one of them happens often enough to be learned from.
import { PARTIES } from '../demo/world.ts';
import { skewed } from './delays.ts';
import { SECOND, command, own, type Mechanism } from './mechanism.ts';

const { metrix, homeWatt, northGrid } = PARTIES;

export const UNKNOWN: readonly Mechanism[] = [
	{
		// A meter operator's identity read makes one model report a program error.
		name: 'quirk: agent read',
		share: 0.7,
		on: (home) => home.model === 'Aster E4',
		play(l, home, at) {
			const { sent, acts } = command(l, metrix, home.esme, '6.2.4', at);
			const raised = acts + skewed(l.random, 18, 0.7, 600) * SECOND;
			l.alert(home.esme, '81AF', raised, [sent], { truth: 'unknown-cause' });
		}
	},
	{
		name: 'quirk: profile read',
		share: 0.5,
		play(l, home, at) {
			const { sent, acts } = command(l, homeWatt, home.esme, '4.8.1', at);
			const raised = acts + skewed(l.random, 40, 0.9, 3600) * SECOND;
			l.alert(home.esme, '81A0', raised, [sent], { truth: 'unknown-cause' });
		}
	},
	{
		// A code of the manufacturer's own.
		name: 'quirk: vendor code',
		share: 0.5,
		play(l, home, at) {
			const { sent, acts } = command(l, own, home.esme, '6.14.1', at);
			const raised = acts + skewed(l.random, 25, 1, 3600) * SECOND;
			l.alert(home.esme, '81E4', raised, [sent], { truth: 'unknown-cause' });
		}
	},
	{
		name: 'quirk: voltage read',
		share: 0.4,
		play(l, home, at) {
			const { sent, acts } = command(l, northGrid, home.esme, '6.2.1', at);
			const raised = acts + skewed(l.random, 30, 0.9, 3600) * SECOND;
			l.alert(home.esme, '8F3E', raised, [sent], { truth: 'unknown-cause' });
		}
	}
];
