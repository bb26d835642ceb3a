// Lists the mechanisms of the home network. Both fuels' Suppliers and the consumer's own Users share the hub, so a
// change by one party causes an Alert at another party. People take part, so the delays are long.
import { PARTIES, type Home, type Party } from '../demo/world.ts';
import { skewed } from './delays.ts';
import type { Ledger } from './ledger.ts';
import { MINUTE, SECOND, command, gasSupplierOf, hasGas, ownSupplier, type Mechanism } from './mechanism.ts';

const { homeWatt } = PARTIES;

/** Picks the User of the hub: mostly the gas Supplier, because this case puzzles a control room for electricity. */
const hubUser = (ledger: Ledger, home: Home): Party =>
	ledger.random.pick([
		hasGas(home) ? gasSupplierOf(home) : ownSupplier,
		hasGas(home) ? gasSupplierOf(home) : ownSupplier,
		ownSupplier,
		homeWatt
	]);

const HALF_DAY_SECONDS = 12 * 3600;
const waitMs = (ledger: Ledger, median: number, sigma: number): number =>
	skewed(ledger.random, median, sigma, HALF_DAY_SECONDS) * SECOND;

export const HOME_NETWORK: readonly Mechanism[] = [
	{
		// A User adds a Device to the log of the hub. The meter joins again while the hub accepts joins.
		name: 'hub join',
		share: 9,
		play(ledger, home, at) {
			const { sent, actsAt } = command(ledger, hubUser(ledger, home), home.chf, '8.11', at);
			const meter = hasGas(home) && ledger.random.chance(0.3) ? home.gsme! : home.esme;
			ledger.alert(meter, '8183', actsAt + waitMs(ledger, 90, 1.1), [sent]);
		}
	},
	{
		// A display is swapped: removed, added, joined. The removed display keeps trying to join.
		name: 'display swap',
		share: 4,
		play(ledger, home, at) {
			const party = hasGas(home) ? gasSupplierOf(home) : ownSupplier;
			const { random } = ledger;
			const removed = command(ledger, party, home.chf, '8.11', at);
			const added = command(ledger, party, home.chf, '8.11', at + random.whole(8, 90) * SECOND);
			const joinsAt = added.actsAt + random.whole(20, 200) * SECOND;
			const joined = command(ledger, party, home.gpf ?? home.esme, '8.7.2', joinsAt);
			const operation = [removed.sent, added.sent, joined.sent];
			ledger.alert(home.esme, '8183', added.actsAt + waitMs(ledger, 40, 0.9), operation);
			let retryAt = removed.actsAt + waitMs(ledger, 150, 1);
			for (let i = random.whole(1, 4); i > 0; i--) {
				ledger.alert(home.esme, '8F3E', retryAt, operation);
				retryAt += random.whole(110, 130) * SECOND;
			}
		}
	},
	{
		// A consumer pairs a device of their own through an Other User (OU).
		name: 'consumer pairing',
		share: 4,
		play(ledger, home, at) {
			const { random } = ledger;
			const asked = command(ledger, homeWatt, home.esme, '9.1', at);
			const admitted = command(ledger, homeWatt, home.chf, '8.11', at + random.whole(20, 400) * SECOND);
			const joined = command(
				ledger,
				homeWatt,
				home.esme,
				'8.7.2',
				admitted.actsAt + random.whole(10, 120) * SECOND
			);
			const operation = [asked.sent, admitted.sent, joined.sent];
			ledger.alert(
				home.esme,
				random.pick(['8F3E', '8F3E', '8183']),
				admitted.actsAt + waitMs(ledger, 60, 0.9),
				operation
			);
		}
	},
	{
		name: 'unjoin',
		share: 2,
		play(ledger, home, at) {
			const party = ledger.random.pick([ownSupplier, homeWatt]);
			const { sent, actsAt } = command(ledger, party, home.esme, '8.8.2', at);
			ledger.alert(home.esme, '8F3E', actsAt + waitMs(ledger, 240, 1.2), [sent]);
		}
	},
	{
		name: 'hub log confirmed',
		share: 6,
		play(ledger, home, at) {
			const { sent, actsAt } = command(ledger, ownSupplier, home.chf, '8.11', at);
			ledger.alert(home.chf, 'N24', actsAt + waitMs(ledger, 20, 0.8), [sent], {
				kind: 'dcc',
				dccPayload: 'UpdateHANDeviceLogResult',
				reference: { requestId: sent.requestId }
			});
		}
	},
	{
		// A User scans or sets the radio band that gas uses. The DCC forwards the report of the hub.
		name: 'radio scan',
		share: 2,
		play(ledger, home, at) {
			const party = ledger.random.pick([ownSupplier, hasGas(home) ? gasSupplierOf(home) : ownSupplier]);
			const { sent, actsAt } = command(ledger, party, home.chf, ledger.random.pick(['6.29', '6.28']), at);
			ledger.alert(home.chf, 'N58', actsAt + waitMs(ledger, 70, 1), [sent], {
				kind: 'dcc',
				dccPayload: 'DualBandCHAlert'
			});
		}
	},
	{
		// A new hub gets the Device log of the old hub. The meters join it one by one.
		name: 'hub restored',
		share: 1.5,
		play(ledger, home, at) {
			const party = hasGas(home) ? gasSupplierOf(home) : ownSupplier;
			const { sent, actsAt } = command(ledger, party, home.chf, '8.12.1', at);
			ledger.alert(home.chf, 'N30', actsAt + waitMs(ledger, 30, 0.8), [sent], {
				kind: 'dcc',
				dccPayload: 'DeviceLogRestored'
			});
			ledger.alert(home.esme, '8183', actsAt + waitMs(ledger, 200, 1), [sent]);
		}
	},
	{
		// The gas meter never retrieves a command. The gas proxy reports the command that was not retrieved.
		name: 'not retrieved',
		share: 1.5,
		on: hasGas,
		play(ledger, home, at) {
			const party = gasSupplierOf(home);
			const sent = ledger.request(party, home.gsme!, ledger.random.pick(['6.7', '2.1', '1.1.1']), at, [
				'E20',
				7200
			]);
			ledger.alert(home.gpf!, '819D', at + ledger.random.whole(35, 300) * MINUTE, [sent]);
		}
	}
];
