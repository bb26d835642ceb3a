// Commands that a Device refuses, and what it then reports: wrong certificates, stale keys, formats it cannot read.
import { PARTIES } from '../demo/world.ts';
import { skewed } from './delays.ts';
import type { Sent } from './ledger.ts';
import {
	HOUR,
	MINUTE,
	SECOND,
	atOnce,
	command,
	gasSupplierOf,
	hasGas,
	innocentRead,
	own,
	type Mechanism
} from './mechanism.ts';

const { northGrid, valleyGas } = PARTIES;
const OPERATOR_COMMANDS = ['6.5', '6.5', '6.18.1', '6.18.2', '6.22', '6.27', '4.10', '6.13'];

export const SECURITY: readonly Mechanism[] = [
	{
		// About one electricity meter in ten carries the wrong network operator's certificate: whatever its operator sends
		// has no authority there. Operators try again minutes or an hour later, and each attempt raises its own Alert.
		name: 'operator certificate',
		share: 9,
		play(l, home, at) {
			const { random } = l;
			if (random.chance(0.3)) innocentRead(l, home, at - random.whole(5, 110) * SECOND, 0);
			let next = at;
			for (let tries = random.pick([1, 1, 1, 2, 3]); tries > 0; tries--) {
				const { sent, acts } = command(
					l,
					northGrid,
					home.esme,
					random.pick(OPERATOR_COMMANDS),
					next,
					'silent'
				);
				l.alert(home.esme, '8F30', atOnce(l, acts), [sent]);
				next += random.whole(4, 80) * MINUTE;
			}
		}
	},
	{
		// A job of the network operator: two or three settings in one go, each refused.
		name: 'operator job',
		share: 2,
		play(l, home, at) {
			const job: Sent[] = [];
			const acted: number[] = [];
			for (const [i, variant] of ['6.5', '6.18.1', '6.22'].slice(0, l.random.whole(2, 3)).entries()) {
				const { sent, acts } = command(l, northGrid, home.esme, variant, at + i * 4 * SECOND, 'silent');
				job.push(sent);
				acted.push(acts);
			}
			for (const acts of acted) l.alert(home.esme, '8F30', atOnce(l, acts), job);
		}
	},
	{
		// The Supplier's own command under credentials that the meter does not hold.
		name: 'own credentials',
		share: 3,
		play(l, home, at) {
			const variant = l.random.pick(['1.1.1', '6.8', '2.1', '6.4.1', '7.1', '6.22']);
			const { sent, acts } = command(l, own, home.esme, variant, at, 'silent');
			l.alert(home.esme, '8F30', atOnce(l, acts), [sent]);
		}
	},
	{
		// Credentials are replaced, and a later command is still signed with the old key.
		name: 'stale key',
		share: 3,
		play(l, home, at) {
			const party = l.random.pick([northGrid, own]);
			command(l, party, home.esme, '6.15.1', at);
			const later = at + skewed(l.random, 1500, 1.3, 10 * 3600) * SECOND + 20 * SECOND;
			const variant =
				party === northGrid ? l.random.pick(['6.5', '6.18.1']) : l.random.pick(['1.1.1', '2.1', '7.3']);
			const { sent, acts } = command(l, party, home.esme, variant, later, 'silent');
			l.alert(home.esme, '8F3D', atOnce(l, acts), [sent]);
		}
	},
	{
		// The replacement itself is signed wrongly.
		name: 'failed rotation',
		share: 3,
		play(l, home, at) {
			const party = l.random.pick([northGrid, northGrid, own]);
			const ending = l.random.chance(0.4) ? 'fails' : 'silent';
			const { sent, acts } = command(l, party, home.esme, '6.15.1', at, ending);
			l.alert(home.esme, '8F3D', atOnce(l, acts), [sent]);
		}
	},
	{
		// The gas transporter's own certificate on a sleeping gas meter.
		name: 'gas rotation',
		share: 2,
		on: hasGas,
		play(l, home, at) {
			const { sent, acts } = command(l, valleyGas, home.gsme!, '6.15.1', at, 'silent', { gas: true });
			l.alert(home.gsme!, l.random.pick(['8F3D', '8F3D', '8F30']), atOnce(l, acts), [sent]);
		}
	},
	{
		// The gas Supplier's command on a gas meter that has other credentials.
		name: 'gas authority',
		share: 1.5,
		on: hasGas,
		play(l, home, at) {
			const variant = l.random.pick(['6.7', '1.1.1', '6.22', '2.1']);
			const { sent, acts } = command(l, gasSupplierOf(home), home.gsme!, variant, at, 'silent', {
				gas: true
			});
			l.alert(home.gsme!, '8F30', atOnce(l, acts), [sent]);
		}
	},
	{
		// A command that the firmware cannot read.
		name: 'format',
		share: 5,
		play(l, home, at) {
			const [party, variant] = l.random.pick([
				[northGrid, '6.22'],
				[northGrid, '6.5'],
				[own, '6.14.2'],
				[own, '1.1.1'],
				[own, '6.8'],
				[own, '6.4.1']
			] as const);
			const ending = l.random.chance(0.6) ? 'fails' : 'silent';
			const { sent, acts } = command(l, party, home.esme, variant, at, ending);
			if (l.random.chance(0.3)) innocentRead(l, home, at + l.random.whole(-60, 3) * SECOND, 0);
			l.alert(home.esme, '8F1E', atOnce(l, acts), [sent]);
		}
	},
	{
		// A system gone wrong sends malformed commands by the handful; the meter reports once.
		name: 'malformed burst',
		share: 1,
		play(l, home, at) {
			const burst: Sent[] = [];
			let last = at;
			for (let i = l.random.whole(4, 8); i > 0; i--) {
				const { sent, acts } = command(l, northGrid, home.esme, '6.5', last, 'silent');
				burst.push(sent);
				last = Math.max(acts, last + l.random.whole(3, 25) * SECOND);
			}
			l.alert(home.esme, '8F60', atOnce(l, last), burst);
		}
	},
	{
		// A former key is used for a join that the meter does not accept.
		name: 'refused join',
		share: 1,
		play(l, home, at) {
			const { sent, acts } = command(l, own, home.esme, l.random.pick(['8.7.1', '8.8.1']), at, 'fails');
			l.alert(home.esme, '8F53', atOnce(l, acts), [sent]);
		}
	},
	{
		// Credentials are replaced without trouble: the DCC tells of it.
		name: 'credentials replaced',
		share: 1,
		play(l, home, at) {
			const { sent, acts } = command(l, own, home.esme, '6.15.1', at);
			const told = acts + skewed(l.random, 40, 0.9, HOUR / SECOND) * SECOND;
			l.alert(home.esme, 'N42', told, [sent], { kind: 'dcc', dccPayload: 'SecurityCredentialsUpdated' });
		}
	}
];
