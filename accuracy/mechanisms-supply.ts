// Lists the mechanisms with commands that take effect and raise an Alert: clocks, top-ups, credit, supply, messages,
// settings.
import { PARTIES } from '../demo/world.ts';
import { skewed } from './delays.ts';
import {
	HOUR,
	MINUTE,
	SECOND,
	promptAlertAt,
	command,
	gasSupplierOf,
	hasGas,
	ownSupplier,
	type Ending,
	type Mechanism
} from './mechanism.ts';

const { northGrid, homeWatt, metrix } = PARTIES;

/** Makes a mechanism: a command of the Responsible Supplier that causes one Alert of the electricity meter. `after`: delay in seconds. */
const simple = (
	name: string,
	share: number,
	variants: readonly string[],
	codes: readonly string[],
	after: { median: number; sigma: number } | null,
	ending: Ending = 'succeeds'
): Mechanism => ({
	name,
	share,
	play(ledger, home, at) {
		const { sent, actsAt } = command(
			ledger,
			ownSupplier,
			home.esme,
			ledger.random.pick(variants),
			at,
			ending
		);
		const raisedAt = after
			? actsAt + skewed(ledger.random, after.median, after.sigma, 20 * 3600) * SECOND
			: promptAlertAt(ledger, actsAt);
		ledger.alert(home.esme, ledger.random.pick(codes), raisedAt, [sent]);
	}
});

export const SUPPLY: readonly Mechanism[] = [
	{
		// The Supplier sets a clock that differs by more than ten seconds. The meter refuses, and mostly reports an
		// unreliable clock.
		name: 'clock refused',
		share: 5,
		play(ledger, home, at) {
			const gas = hasGas(home) && ledger.random.chance(0.25);
			const device = gas ? home.gsme! : home.esme;
			const { sent, actsAt } = command(
				ledger,
				gas ? gasSupplierOf(home) : ownSupplier,
				device,
				'6.11',
				at,
				'succeeds',
				{
					gas
				}
			);
			const aheadSeconds = (ledger.random.chance(0.5) ? 1 : -1) * ledger.random.whole(11, 70);
			const status = ledger.random.chance(0.8) ? 'unreliable' : 'reliable';
			ledger.alert(device, '8F0C', promptAlertAt(ledger, actsAt), [sent], {
				clock: { status, aheadSeconds }
			});
		}
	},
	simple('clock set', 2, ['6.11'], ['8145', '81C6'], null),
	{
		// The network delivers a top-up, or the customer types the top-up in.
		name: 'top-up',
		share: 8,
		play(ledger, home, at) {
			if (ledger.random.chance(0.85)) {
				const { sent, actsAt } = command(ledger, ownSupplier, home.esme, '2.2', at);
				return ledger.alert(home.esme, '810E', promptAlertAt(ledger, actsAt), [sent]);
			}
			const sent = ledger.request(ownSupplier, home.esme, '2.2', at, ['E20', ledger.random.whole(30, 70)]);
			const typedAt = at + 120 * SECOND + skewed(ledger.random, 1500, 1.1, 16 * 3600) * SECOND;
			ledger.alert(home.esme, '810E', typedAt, [sent]);
		}
	},
	{
		name: 'gas top-up',
		share: 2,
		on: hasGas,
		play(ledger, home, at) {
			const { sent, actsAt } = command(ledger, gasSupplierOf(home), home.gsme!, '2.2', at, 'succeeds', {
				gas: true
			});
			ledger.alert(home.gsme!, '810E', promptAlertAt(ledger, actsAt), [sent]);
		}
	},
	{
		name: 'refused top-up',
		share: 2,
		play(ledger, home, at) {
			const { sent, actsAt } = command(
				ledger,
				ownSupplier,
				home.esme,
				'2.2',
				at,
				ledger.random.pick(['fails', 'succeeds'])
			);
			ledger.alert(
				home.esme,
				ledger.random.pick(['8F47', '8F51', '8F5B', '8F63', '8F64']),
				promptAlertAt(ledger, actsAt),
				[sent]
			);
		}
	},
	simple('payment mode', 2, ['1.6'], ['8F0F', '810D', '8119'], { median: 20, sigma: 1.1 }),
	simple('balance', 2, ['1.5', '2.3'], ['810D', '8F0F'], { median: 15, sigma: 1.2 }),
	simple('emergency credit', 1.5, ['2.5'], ['81AB'], null),
	simple('supply armed', 2, ['7.3'], ['8F32'], null),
	simple('supply switch fails', 1, ['7.1'], ['81BD'], null, 'fails'),
	simple('supply cut fails', 1, ['7.2'], ['81C0'], null, 'fails'),
	simple('load limit', 1.5, ['6.4.1'], ['8F33', '8F01'], { median: 1100, sigma: 1.2 }),
	// A person reads the message on the display minutes or hours later.
	simple('message read', 3, ['3.1'], ['81A6'], { median: 2500, sigma: 1.5 }),
	simple('log cleared', 1, ['3.3'], ['8F52'], null),
	simple('load switch fails', 1, ['7.5', '7.6'], ['811A'], null, 'fails'),
	simple('billing log', 2, ['1.1.1', '1.6', '1.2.1'], ['8F0A'], null),
	{
		name: 'gas valve',
		share: 1.5,
		on: hasGas,
		play(ledger, home, at) {
			const { sent, actsAt } = command(ledger, gasSupplierOf(home), home.gsme!, '7.3', at, 'succeeds', {
				gas: true
			});
			ledger.alert(home.gsme!, '8F32', promptAlertAt(ledger, actsAt), [sent]);
		}
	},
	{
		// The meter is configured to report every immediate command of any User.
		name: 'every command',
		share: 2,
		play(ledger, home, at) {
			let next = at;
			for (let i = ledger.random.whole(2, 4); i > 0; i--) {
				const [party, variant] = ledger.random.pick([
					[ownSupplier, '3.1'],
					[ownSupplier, '6.11'],
					[ownSupplier, '1.5'],
					[northGrid, '6.22'],
					[northGrid, '4.10'],
					[homeWatt, '4.8.1'],
					[metrix, '6.2.4']
				] as const);
				const failed = ledger.random.chance(0.25);
				const { sent, actsAt } = command(
					ledger,
					party,
					home.esme,
					variant,
					next,
					failed ? 'fails' : 'succeeds'
				);
				ledger.alert(home.esme, failed ? '8155' : '8154', promptAlertAt(ledger, actsAt), [sent]);
				next += skewed(ledger.random, 100, 1.2, (2 * HOUR) / SECOND) * SECOND;
			}
		}
	},
	{
		// The Supplier cuts the supply and arms it up to 90 minutes later. The arming raises the Alert.
		name: 'cut and armed',
		share: 1,
		play(ledger, home, at) {
			command(ledger, ownSupplier, home.esme, '7.2', at);
			const armed = command(ledger, ownSupplier, home.esme, '7.3', at + ledger.random.whole(2, 90) * MINUTE);
			ledger.alert(home.esme, '8F32', promptAlertAt(ledger, armed.actsAt), [armed.sent]);
		}
	}
];
