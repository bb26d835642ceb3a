// Commands that do what they say, and the Alerts that tell of it: clocks, top-ups, credit, supply, messages, settings.
import { PARTIES } from '../demo/world.ts';
import { skewed } from './delays.ts';
import {
	HOUR,
	MINUTE,
	SECOND,
	atOnce,
	command,
	gasSupplierOf,
	hasGas,
	own,
	type Ending,
	type Mechanism
} from './mechanism.ts';

const { northGrid, homeWatt, metrix } = PARTIES;

/** A command of the own Supplier that ends in one Alert of the electricity meter. */
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
	play(l, home, at) {
		const { sent, acts } = command(l, own, home.esme, l.random.pick(variants), at, ending);
		const raised = after
			? acts + skewed(l.random, after.median, after.sigma, 20 * 3600) * SECOND
			: atOnce(l, acts);
		l.alert(home.esme, l.random.pick(codes), raised, [sent]);
	}
});

export const SUPPLY: readonly Mechanism[] = [
	{
		// The clock is set and differs by more than ten seconds: the meter refuses, and mostly admits to a bad clock.
		name: 'clock refused',
		share: 5,
		play(l, home, at) {
			const gas = hasGas(home) && l.random.chance(0.25);
			const device = gas ? home.gsme! : home.esme;
			const { sent, acts } = command(l, gas ? gasSupplierOf(home) : own, device, '6.11', at, 'succeeds', {
				gas
			});
			const ahead = (l.random.chance(0.5) ? 1 : -1) * l.random.whole(11, 70);
			const status = l.random.chance(0.8) ? 'unreliable' : 'reliable';
			l.alert(device, '8F0C', atOnce(l, acts), [sent], { clock: { status, ahead } });
		}
	},
	simple('clock set', 2, ['6.11'], ['8145', '81C6'], null),
	{
		// A top-up that the network delivers; or that the customer has to type in.
		name: 'top-up',
		share: 8,
		play(l, home, at) {
			if (l.random.chance(0.85)) {
				const { sent, acts } = command(l, own, home.esme, '2.2', at);
				return l.alert(home.esme, '810E', atOnce(l, acts), [sent]);
			}
			const sent = l.request(own, home.esme, '2.2', at, ['E20', l.random.whole(30, 70)]);
			const typed = at + 120 * SECOND + skewed(l.random, 1500, 1.1, 16 * 3600) * SECOND;
			l.alert(home.esme, '810E', typed, [sent]);
		}
	},
	{
		name: 'gas top-up',
		share: 2,
		on: hasGas,
		play(l, home, at) {
			const { sent, acts } = command(l, gasSupplierOf(home), home.gsme!, '2.2', at, 'succeeds', {
				gas: true
			});
			l.alert(home.gsme!, '810E', atOnce(l, acts), [sent]);
		}
	},
	{
		name: 'refused top-up',
		share: 2,
		play(l, home, at) {
			const { sent, acts } = command(l, own, home.esme, '2.2', at, l.random.pick(['fails', 'succeeds']));
			l.alert(home.esme, l.random.pick(['8F47', '8F51', '8F5B', '8F63', '8F64']), atOnce(l, acts), [sent]);
		}
	},
	simple('payment mode', 2, ['1.6'], ['8F0F', '810D', '8119'], { median: 20, sigma: 1.1 }),
	simple('balance', 2, ['1.5', '2.3'], ['810D', '8F0F'], { median: 15, sigma: 1.2 }),
	simple('emergency credit', 1.5, ['2.5'], ['81AB'], null),
	simple('supply armed', 2, ['7.3'], ['8F32'], null),
	simple('supply switch fails', 1, ['7.1'], ['81BD'], null, 'fails'),
	simple('supply cut fails', 1, ['7.2'], ['81C0'], null, 'fails'),
	simple('load limit', 1.5, ['6.4.1'], ['8F33', '8F01'], { median: 1100, sigma: 1.2 }),
	// A person reads the message when they pass the display.
	simple('message read', 3, ['3.1'], ['81A6'], { median: 2500, sigma: 1.5 }),
	simple('log cleared', 1, ['3.3'], ['8F52'], null),
	simple('load switch fails', 1, ['7.5', '7.6'], ['811A'], null, 'fails'),
	simple('billing log', 2, ['1.1.1', '1.6', '1.2.1'], ['8F0A'], null),
	{
		name: 'gas valve',
		share: 1.5,
		on: hasGas,
		play(l, home, at) {
			const { sent, acts } = command(l, gasSupplierOf(home), home.gsme!, '7.3', at, 'succeeds', {
				gas: true
			});
			l.alert(home.gsme!, '8F32', atOnce(l, acts), [sent]);
		}
	},
	{
		// A meter that is set to report every immediate command, whoever sent it.
		name: 'every command',
		share: 2,
		play(l, home, at) {
			let next = at;
			for (let i = l.random.whole(2, 4); i > 0; i--) {
				const [party, variant] = l.random.pick([
					[own, '3.1'],
					[own, '6.11'],
					[own, '1.5'],
					[northGrid, '6.22'],
					[northGrid, '4.10'],
					[homeWatt, '4.8.1'],
					[metrix, '6.2.4']
				] as const);
				const failed = l.random.chance(0.25);
				const { sent, acts } = command(l, party, home.esme, variant, next, failed ? 'fails' : 'succeeds');
				l.alert(home.esme, failed ? '8155' : '8154', atOnce(l, acts), [sent]);
				next += skewed(l.random, 100, 1.2, (2 * HOUR) / SECOND) * SECOND;
			}
		}
	},
	{
		// Supply is cut for a debt by command, armed an hour later: the second Alert is the arming's.
		name: 'cut and armed',
		share: 1,
		play(l, home, at) {
			command(l, own, home.esme, '7.2', at);
			const armed = command(l, own, home.esme, '7.3', at + l.random.whole(2, 90) * MINUTE);
			l.alert(home.esme, '8F32', atOnce(l, armed.acts), [armed.sent]);
		}
	}
];
