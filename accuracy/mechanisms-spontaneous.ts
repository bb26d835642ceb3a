// Lists the mechanisms of spontaneous Alerts: supply, batteries, wiring, people at the meter, events inside the meter.
// Many spontaneous Alerts have innocent requests near in time, because a meter receives many requests every day.
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
	ownSupplier,
	type Mechanism
} from './mechanism.ts';

const { northGrid, valleyGas, metrix, homeWatt } = PARTIES;

/** With probability `share`, adds a read within the ten minutes before `at`. 35 % of these reads fail. */
function innocentReadBefore(ledger: Ledger, home: Home, at: number, share: number): void {
	if (ledger.random.chance(share))
		innocentRead(ledger, home, at - ledger.random.whole(6, 600) * SECOND, 0.35);
}

/** Makes a mechanism: an Alert of the electricity meter, with probability `readShare` after an innocent read. */
const spontaneous = (
	name: string,
	share: number,
	codes: readonly string[],
	readShare: number
): Mechanism => ({
	name,
	share,
	play(ledger, home, at) {
		innocentReadBefore(ledger, home, at, readShare);
		ledger.alert(home.esme, ledger.random.pick(codes), at, []);
	}
});

export const SPONTANEOUS: readonly Mechanism[] = [
	{
		// The supply fails and returns. Commands during the outage get no answer.
		name: 'outage',
		share: 4,
		play(ledger, home, at) {
			const lastsMs = ledger.random.whole(30, 5400) * SECOND;
			if (ledger.random.chance(0.4)) {
				const [party, variant] = ledger.random.pick([
					[ownSupplier, '4.6.1'],
					[northGrid, '6.5'],
					[ownSupplier, '6.11']
				] as const);
				ledger.request(party, home.esme, variant, at - ledger.random.next() * lastsMs, [
					'E20',
					ledger.random.whole(30, 60)
				]);
			}
			ledger.alert(home.esme, lastsMs > 180 * SECOND ? '8F36' : '8F35', at, []);
		}
	},
	{
		name: 'area outage',
		share: 1.5,
		play: (ledger, home, at) =>
			ledger.alert(home.chf, 'AD1', at, [], { kind: 'dcc', dccPayload: 'PowerOutageEvent' })
	},
	{
		name: 'gas battery',
		share: 2,
		on: hasGas,
		play(ledger, home, at) {
			if (ledger.random.chance(0.4))
				command(ledger, gasSupplierOf(home), home.gsme!, '4.6.1', at - 20 * MINUTE, 'succeeds', {
					gas: true
				});
			ledger.alert(home.gsme!, ledger.random.pick(['8F1F', '8F1F', '8F1D']), at, []);
		}
	},
	spontaneous('metrology', 3, ['81B8', '81BB', '81B7', '81AC', '81AE'], 0.4),
	spontaneous('tamper', 4, ['8F3F', '8F74', '8F75', '8F76', '8F78', '81C3', '81BC'], 0.6),
	{
		name: 'tamper after a refused command',
		share: 1,
		play(ledger, home, at) {
			command(ledger, northGrid, home.esme, '6.5', at - ledger.random.whole(20, 400) * SECOND, 'silent');
			ledger.alert(home.esme, ledger.random.pick(['8F3F', '8F76', '8F74']), at, []);
		}
	},
	{
		name: 'gas tamper',
		share: 1.5,
		on: hasGas,
		play(ledger, home, at) {
			command(ledger, valleyGas, home.gsme!, '4.10', at - ledger.random.whole(1, 40) * MINUTE, 'succeeds', {
				gas: true
			});
			ledger.alert(home.gsme!, ledger.random.pick(['8F3F', '8F73', '81C3', '8F78']), at, []);
		}
	},
	{
		// An engineer of another party works at the meter. The cover Alerts come first, the requests afterwards.
		name: 'site visit',
		share: 2,
		play(ledger, home, at) {
			const visitor = hasGas(home) ? gasSupplierOf(home) : ownSupplier;
			const { random } = ledger;
			ledger.alert(home.esme, random.pick(['8F76', '8F76', '8F74']), at, []);
			if (random.chance(0.6)) ledger.alert(home.esme, '81A5', at + random.whole(3, 20) * MINUTE, []);
			const added = at + random.whole(15, 120) * MINUTE;
			command(ledger, visitor, home.chf, '8.11', added);
			command(ledger, visitor, home.chf, random.pick(['8.14.1', '8.14.3', '8.14.4']), added + 20 * MINUTE);
			if (random.chance(0.7)) ledger.alert(home.esme, '81C1', added - random.whole(2, 12) * MINUTE, []);
			command(ledger, metrix, home.esme, '8.4', added + random.whole(20, 90) * MINUTE);
		}
	},
	spontaneous('intruder', 3, ['8F3E'], 0.6),
	spontaneous('authentication of nobody', 1.2, ['8F3D', '8F53', '8F60'], 0.6),
	{
		// A display loses its power and later joins again by itself.
		name: 'rejoin',
		share: 4,
		play(ledger, home, at) {
			innocentReadBefore(ledger, home, at, 0.3);
			if (ledger.random.chance(0.3))
				command(
					ledger,
					ownSupplier,
					home.chf,
					ledger.random.pick(['6.31', '8.9', '6.30']),
					at - 200 * SECOND
				);
			ledger.alert(home.esme, '8183', at, []);
		}
	},
	{
		// The billing calendar writes the log. A scheduled read comes minutes before or after.
		name: 'billing',
		share: 6,
		play(ledger, home, at) {
			if (ledger.random.chance(0.6))
				ledger.request(
					ownSupplier,
					home.esme,
					'4.4.3',
					at + ledger.random.whole(-900, 900) * SECOND,
					['I0', 12],
					{
						mode: 'scheduled'
					}
				);
			ledger.alert(home.esme, '8F0A', at, []);
		}
	},
	{
		// The consumer uses up the credit. The Supplier reads balances all day.
		name: 'credit used',
		share: 6,
		play(ledger, home, at) {
			if (ledger.random.chance(0.5))
				command(
					ledger,
					ownSupplier,
					home.esme,
					ledger.random.pick(['4.3', '4.18']),
					at - skewed(ledger.random, 900, 1) * SECOND
				);
			ledger.alert(home.esme, ledger.random.pick(['810D', '810D', '8F0F', '8119', '81AA']), at, []);
		}
	},
	spontaneous('emergency credit at the meter', 1.5, ['81AB'], 0.3),
	spontaneous('restart', 2, ['81B2', '81B3'], 0.4),
	spontaneous('clock by the hub', 3, ['8145'], 0.3),
	spontaneous('button', 1, ['8161', '8162'], 0.2),
	spontaneous('hub cable', 1, ['81A2', '81A3'], 0.2),
	spontaneous('warning', 1, ['81A0', '81AF', '81AD'], 0.4),
	spontaneous('load limit of old', 1, ['8F01', '8F33'], 0.3),
	{
		// The Supplier sends a harmless command, and the meter restarts within 90 minutes for another reason.
		name: 'restart after a message',
		share: 1,
		play(ledger, home, at) {
			command(
				ledger,
				ownSupplier,
				home.esme,
				ledger.random.pick(['3.1', '6.22', '2.1']),
				at - ledger.random.whole(60, 5000) * SECOND
			);
			ledger.alert(home.esme, ledger.random.pick(['81B2', '81B3']), at, []);
		}
	},
	{
		// An innocent read fails, and minutes later somebody tries to get access over the radio.
		name: 'intruder after a failed read',
		share: 1,
		play(ledger, home, at) {
			const [party, variant] = ledger.random.pick([
				[northGrid, '4.10'],
				[homeWatt, '4.8.1'],
				[metrix, '6.13']
			] as const);
			ledger.request(party, home.esme, variant, at - ledger.random.whole(1, 12) * MINUTE, [
				'E21',
				ledger.random.whole(30, 60)
			]);
			ledger.alert(home.esme, ledger.random.pick(['8F3E', '8F3E', '8F3D']), at, []);
		}
	}
];
