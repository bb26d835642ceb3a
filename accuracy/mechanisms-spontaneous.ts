// Alerts that no command caused: supply, batteries, wiring, people at the meter, meters of their own accord. Innocent
// requests stand near many of them, for a meter is asked many things every day.
import { PARTIES, type Home } from '../demo/world.ts';
import { skewed } from './delays.ts';
import type { Ledger } from './ledger.ts';
import {
	MINUTE,
	SECOND,
	command,
	gasSupplierOf,
	hasGas,
	innocentRead,
	own,
	type Mechanism
} from './mechanism.ts';

const { northGrid, valleyGas, metrix, homeWatt } = PARTIES;

/** An innocent request within the last ten minutes: mostly a read that worked, sometimes one that failed. */
function somethingBefore(l: Ledger, home: Home, at: number, share: number): void {
	if (l.random.chance(share)) innocentRead(l, home, at - l.random.whole(6, 600) * SECOND, 0.35);
}

/** An Alert of the electricity meter with, at times, something innocent before it. */
const alone = (name: string, share: number, codes: readonly string[], crowded: number): Mechanism => ({
	name,
	share,
	play(l, home, at) {
		somethingBefore(l, home, at, crowded);
		l.alert(home.esme, l.random.pick(codes), at, []);
	}
});

export const SPONTANEOUS: readonly Mechanism[] = [
	{
		// Supply goes and comes back; commands of that time were not answered.
		name: 'outage',
		share: 4,
		play(l, home, at) {
			const lasts = l.random.whole(30, 5400) * SECOND;
			if (l.random.chance(0.4)) {
				const [party, variant] = l.random.pick([
					[own, '4.6.1'],
					[northGrid, '6.5'],
					[own, '6.11']
				] as const);
				l.request(party, home.esme, variant, at - l.random.next() * lasts, ['E20', l.random.whole(30, 60)]);
			}
			l.alert(home.esme, lasts > 180 * SECOND ? '8F36' : '8F35', at, []);
		}
	},
	{
		name: 'area outage',
		share: 1.5,
		play: (l, home, at) => l.alert(home.chf, 'AD1', at, [], { kind: 'dcc', dccPayload: 'PowerOutageEvent' })
	},
	{
		name: 'gas battery',
		share: 2,
		on: hasGas,
		play(l, home, at) {
			if (l.random.chance(0.4))
				command(l, gasSupplierOf(home), home.gsme!, '4.6.1', at - 20 * MINUTE, 'succeeds', { gas: true });
			l.alert(home.gsme!, l.random.pick(['8F1F', '8F1F', '8F1D']), at, []);
		}
	},
	alone('metrology', 3, ['81B8', '81BB', '81B7', '81AC', '81AE'], 0.4),
	alone('tamper', 4, ['8F3F', '8F74', '8F75', '8F76', '8F78', '81C3', '81BC'], 0.6),
	{
		name: 'tamper after a refused command',
		share: 1,
		play(l, home, at) {
			command(l, northGrid, home.esme, '6.5', at - l.random.whole(20, 400) * SECOND, 'silent');
			l.alert(home.esme, l.random.pick(['8F3F', '8F76', '8F74']), at, []);
		}
	},
	{
		name: 'gas tamper',
		share: 1.5,
		on: hasGas,
		play(l, home, at) {
			command(l, valleyGas, home.gsme!, '4.10', at - l.random.whole(1, 40) * MINUTE, 'succeeds', {
				gas: true
			});
			l.alert(home.gsme!, l.random.pick(['8F3F', '8F73', '81C3', '8F78']), at, []);
		}
	},
	{
		// An engineer of another party is at the meter: covers first, requests afterwards.
		name: 'site visit',
		share: 2,
		play(l, home, at) {
			const visitor = hasGas(home) ? gasSupplierOf(home) : own;
			const { random } = l;
			l.alert(home.esme, random.pick(['8F76', '8F76', '8F74']), at, []);
			if (random.chance(0.6)) l.alert(home.esme, '81A5', at + random.whole(3, 20) * MINUTE, []);
			const added = at + random.whole(15, 120) * MINUTE;
			command(l, visitor, home.chf, '8.11', added);
			command(l, visitor, home.chf, random.pick(['8.14.1', '8.14.3', '8.14.4']), added + 20 * MINUTE);
			if (random.chance(0.7)) l.alert(home.esme, '81C1', added - random.whole(2, 12) * MINUTE, []);
			command(l, metrix, home.esme, '8.4', added + random.whole(20, 90) * MINUTE);
		}
	},
	alone('intruder', 3, ['8F3E'], 0.6),
	alone('authentication of nobody', 1.2, ['8F3D', '8F53', '8F60'], 0.6),
	{
		// A display loses its battery or its plug and joins again by itself.
		name: 'rejoin',
		share: 4,
		play(l, home, at) {
			somethingBefore(l, home, at, 0.3);
			if (l.random.chance(0.3))
				command(l, own, home.chf, l.random.pick(['6.31', '8.9', '6.30']), at - 200 * SECOND);
			l.alert(home.esme, '8183', at, []);
		}
	},
	{
		// The billing calendar: the log is written, and read by schedule minutes later or before.
		name: 'billing',
		share: 6,
		play(l, home, at) {
			if (l.random.chance(0.6))
				l.request(own, home.esme, '4.4.3', at + l.random.whole(-900, 900) * SECOND, ['I0', 12], {
					mode: 'scheduled'
				});
			l.alert(home.esme, '8F0A', at, []);
		}
	},
	{
		// Credit runs down because electricity is used. The Supplier reads balances all day.
		name: 'credit used',
		share: 6,
		play(l, home, at) {
			if (l.random.chance(0.5))
				command(l, own, home.esme, l.random.pick(['4.3', '4.18']), at - skewed(l.random, 900, 1) * SECOND);
			l.alert(home.esme, l.random.pick(['810D', '810D', '8F0F', '8119', '81AA']), at, []);
		}
	},
	alone('emergency credit at the meter', 1.5, ['81AB'], 0.3),
	alone('restart', 2, ['81B2', '81B3'], 0.4),
	alone('clock by the hub', 3, ['8145'], 0.3),
	alone('button', 1, ['8161', '8162'], 0.2),
	alone('hub cable', 1, ['81A2', '81A3'], 0.2),
	alone('warning', 1, ['81A0', '81AF', '81AD'], 0.4),
	alone('load limit of old', 1, ['8F01', '8F33'], 0.3),
	{
		// A message is shown, and the meter restarts an hour later for reasons of its own.
		name: 'restart after a message',
		share: 1,
		play(l, home, at) {
			command(
				l,
				own,
				home.esme,
				l.random.pick(['3.1', '6.22', '2.1']),
				at - l.random.whole(60, 5000) * SECOND
			);
			l.alert(home.esme, l.random.pick(['81B2', '81B3']), at, []);
		}
	},
	{
		// A failed innocent read, and minutes later somebody who tries the radio.
		name: 'intruder after a failed read',
		share: 1,
		play(l, home, at) {
			const [party, variant] = l.random.pick([
				[northGrid, '4.10'],
				[homeWatt, '4.8.1'],
				[metrix, '6.13']
			] as const);
			l.request(party, home.esme, variant, at - l.random.whole(1, 12) * MINUTE, [
				'E21',
				l.random.whole(30, 60)
			]);
			l.alert(home.esme, l.random.pick(['8F3E', '8F3E', '8F3D']), at, []);
		}
	}
];
