// Lists the mechanisms with commands that a Device refuses: wrong certificates, stale keys, formats that it cannot
// read.
import { PARTIES } from '../demo/world.ts';
import { skewed } from './delays.ts';
import type { SentRequest } from './ledger.ts';
import {
	HOUR,
	MINUTE,
	SECOND,
	promptAlertAt,
	command,
	gasSupplierOf,
	hasGas,
	innocentRead,
	ownSupplier,
	type Mechanism
} from './mechanism.ts';

const { northGrid, valleyGas } = PARTIES;
const OPERATOR_COMMANDS = ['6.5', '6.5', '6.18.1', '6.18.2', '6.22', '6.27', '4.10', '6.13'];

export const SECURITY: readonly Mechanism[] = [
	{
		// About one electricity meter in ten has the certificate of the wrong network operator and refuses all commands
		// of its operator. Operators try again minutes or an hour later, and each attempt raises its own Alert.
		name: 'operator certificate',
		share: 9,
		play(ledger, home, at) {
			const { random } = ledger;
			if (random.chance(0.3)) innocentRead(ledger, home, at - random.whole(5, 110) * SECOND, 0);
			let next = at;
			for (let tries = random.pick([1, 1, 1, 2, 3]); tries > 0; tries--) {
				const { sent, actsAt } = command(
					ledger,
					northGrid,
					home.esme,
					random.pick(OPERATOR_COMMANDS),
					next,
					'silent'
				);
				ledger.alert(home.esme, '8F30', promptAlertAt(ledger, actsAt), [sent]);
				next += random.whole(4, 80) * MINUTE;
			}
		}
	},
	{
		// The network operator sends two or three settings in one job. The meter refuses each.
		name: 'operator job',
		share: 2,
		play(ledger, home, at) {
			const job: SentRequest[] = [];
			const acted: number[] = [];
			for (const [i, variant] of ['6.5', '6.18.1', '6.22'].slice(0, ledger.random.whole(2, 3)).entries()) {
				const { sent, actsAt } = command(
					ledger,
					northGrid,
					home.esme,
					variant,
					at + i * 4 * SECOND,
					'silent'
				);
				job.push(sent);
				acted.push(actsAt);
			}
			for (const actsAt of acted) ledger.alert(home.esme, '8F30', promptAlertAt(ledger, actsAt), job);
		}
	},
	{
		// The Supplier signs its own command with credentials that the meter does not hold.
		name: 'own credentials',
		share: 3,
		play(ledger, home, at) {
			const variant = ledger.random.pick(['1.1.1', '6.8', '2.1', '6.4.1', '7.1', '6.22']);
			const { sent, actsAt } = command(ledger, ownSupplier, home.esme, variant, at, 'silent');
			ledger.alert(home.esme, '8F30', promptAlertAt(ledger, actsAt), [sent]);
		}
	},
	{
		// A User replaces its credentials and still signs a later command with the old key.
		name: 'stale key',
		share: 3,
		play(ledger, home, at) {
			const party = ledger.random.pick([northGrid, ownSupplier]);
			command(ledger, party, home.esme, '6.15.1', at);
			const later = at + skewed(ledger.random, 1500, 1.3, 10 * 3600) * SECOND + 20 * SECOND;
			const variant =
				party === northGrid
					? ledger.random.pick(['6.5', '6.18.1'])
					: ledger.random.pick(['1.1.1', '2.1', '7.3']);
			const { sent, actsAt } = command(ledger, party, home.esme, variant, later, 'silent');
			ledger.alert(home.esme, '8F3D', promptAlertAt(ledger, actsAt), [sent]);
		}
	},
	{
		// The command that replaces the credentials has a wrong signature.
		name: 'failed rotation',
		share: 3,
		play(ledger, home, at) {
			const party = ledger.random.pick([northGrid, northGrid, ownSupplier]);
			const ending = ledger.random.chance(0.4) ? 'fails' : 'silent';
			const { sent, actsAt } = command(ledger, party, home.esme, '6.15.1', at, ending);
			ledger.alert(home.esme, '8F3D', promptAlertAt(ledger, actsAt), [sent]);
		}
	},
	{
		// The gas transporter replaces its own certificate on a sleeping gas meter, and the meter refuses.
		name: 'gas rotation',
		share: 2,
		on: hasGas,
		play(ledger, home, at) {
			const { sent, actsAt } = command(ledger, valleyGas, home.gsme!, '6.15.1', at, 'silent', { gas: true });
			ledger.alert(home.gsme!, ledger.random.pick(['8F3D', '8F3D', '8F30']), promptAlertAt(ledger, actsAt), [
				sent
			]);
		}
	},
	{
		// The gas Supplier sends a command to a gas meter that does not hold the credentials of this Supplier.
		name: 'gas authority',
		share: 1.5,
		on: hasGas,
		play(ledger, home, at) {
			const variant = ledger.random.pick(['6.7', '1.1.1', '6.22', '2.1']);
			const { sent, actsAt } = command(ledger, gasSupplierOf(home), home.gsme!, variant, at, 'silent', {
				gas: true
			});
			ledger.alert(home.gsme!, '8F30', promptAlertAt(ledger, actsAt), [sent]);
		}
	},
	{
		// The firmware cannot read the format of a command.
		name: 'format',
		share: 5,
		play(ledger, home, at) {
			const [party, variant] = ledger.random.pick([
				[northGrid, '6.22'],
				[northGrid, '6.5'],
				[ownSupplier, '6.14.2'],
				[ownSupplier, '1.1.1'],
				[ownSupplier, '6.8'],
				[ownSupplier, '6.4.1']
			] as const);
			const ending = ledger.random.chance(0.6) ? 'fails' : 'silent';
			const { sent, actsAt } = command(ledger, party, home.esme, variant, at, ending);
			if (ledger.random.chance(0.3)) innocentRead(ledger, home, at + ledger.random.whole(-60, 3) * SECOND, 0);
			ledger.alert(home.esme, '8F1E', promptAlertAt(ledger, actsAt), [sent]);
		}
	},
	{
		// A faulty system sends several malformed commands. The meter reports all of these commands once.
		name: 'malformed burst',
		share: 1,
		play(ledger, home, at) {
			const burst: SentRequest[] = [];
			let last = at;
			for (let i = ledger.random.whole(4, 8); i > 0; i--) {
				const { sent, actsAt } = command(ledger, northGrid, home.esme, '6.5', last, 'silent');
				burst.push(sent);
				last = Math.max(actsAt, last + ledger.random.whole(3, 25) * SECOND);
			}
			ledger.alert(home.esme, '8F60', promptAlertAt(ledger, last), burst);
		}
	},
	{
		// The Supplier signs a join or unjoin with a former key, and the meter refuses it.
		name: 'refused join',
		share: 1,
		play(ledger, home, at) {
			const { sent, actsAt } = command(
				ledger,
				ownSupplier,
				home.esme,
				ledger.random.pick(['8.7.1', '8.8.1']),
				at,
				'fails'
			);
			ledger.alert(home.esme, '8F53', promptAlertAt(ledger, actsAt), [sent]);
		}
	},
	{
		// The Supplier replaces credentials successfully. The DCC reports the replacement.
		name: 'credentials replaced',
		share: 1,
		play(ledger, home, at) {
			const { sent, actsAt } = command(ledger, ownSupplier, home.esme, '6.15.1', at);
			const reportedAt = actsAt + skewed(ledger.random, 40, 0.9, HOUR / SECOND) * SECOND;
			ledger.alert(home.esme, 'N42', reportedAt, [sent], {
				kind: 'dcc',
				dccPayload: 'SecurityCredentialsUpdated'
			});
		}
	}
];
