// The home network: its hub is shared by both fuels' Suppliers and by whoever the consumer asks, so that one party's
// change is another party's Alert. People are part of it, and people are slow.
import { PARTIES, type Home, type Party } from '../demo/world.ts';
import { skewed } from './delays.ts';
import type { Ledger } from './ledger.ts';
import { MINUTE, SECOND, command, gasSupplierOf, hasGas, own, type Mechanism } from './mechanism.ts';

const { homeWatt } = PARTIES;

/** Mostly the other fuel's Supplier, the case that puzzles a control room. */
const hubUser = (l: Ledger, home: Home): Party =>
	l.random.pick([
		hasGas(home) ? gasSupplierOf(home) : own,
		hasGas(home) ? gasSupplierOf(home) : own,
		own,
		homeWatt
	]);

const HALF_DAY = 12 * 3600;
const wait = (l: Ledger, median: number, sigma: number): number =>
	skewed(l.random, median, sigma, HALF_DAY) * SECOND;

export const HOME_NETWORK: readonly Mechanism[] = [
	{
		// A Device is let in on the hub; the meter joins anew when the window is used.
		name: 'hub join',
		share: 9,
		play(l, home, at) {
			const { sent, acts } = command(l, hubUser(l, home), home.chf, '8.11', at);
			const meter = hasGas(home) && l.random.chance(0.3) ? home.gsme! : home.esme;
			l.alert(meter, '8183', acts + wait(l, 90, 1.1), [sent]);
		}
	},
	{
		// A display is swapped: removed, added, joined. The removed one keeps trying.
		name: 'display swap',
		share: 4,
		play(l, home, at) {
			const party = hasGas(home) ? gasSupplierOf(home) : own;
			const { random } = l;
			const removed = command(l, party, home.chf, '8.11', at);
			const added = command(l, party, home.chf, '8.11', at + random.whole(8, 90) * SECOND);
			const joins = added.acts + random.whole(20, 200) * SECOND;
			const joined = command(l, party, home.gpf ?? home.esme, '8.7.2', joins);
			const operation = [removed.sent, added.sent, joined.sent];
			l.alert(home.esme, '8183', added.acts + wait(l, 40, 0.9), operation);
			let again = removed.acts + wait(l, 150, 1);
			for (let i = random.whole(1, 4); i > 0; i--) {
				l.alert(home.esme, '8F3E', again, operation);
				again += random.whole(110, 130) * SECOND;
			}
		}
	},
	{
		// A consumer pairs a device of their own through an Other User.
		name: 'consumer pairing',
		share: 4,
		play(l, home, at) {
			const { random } = l;
			const asked = command(l, homeWatt, home.esme, '9.1', at);
			const admitted = command(l, homeWatt, home.chf, '8.11', at + random.whole(20, 400) * SECOND);
			const joined = command(l, homeWatt, home.esme, '8.7.2', admitted.acts + random.whole(10, 120) * SECOND);
			const operation = [asked.sent, admitted.sent, joined.sent];
			l.alert(home.esme, random.pick(['8F3E', '8F3E', '8183']), admitted.acts + wait(l, 60, 0.9), operation);
		}
	},
	{
		name: 'unjoin',
		share: 2,
		play(l, home, at) {
			const party = l.random.pick([own, homeWatt]);
			const { sent, acts } = command(l, party, home.esme, '8.8.2', at);
			l.alert(home.esme, '8F3E', acts + wait(l, 240, 1.2), [sent]);
		}
	},
	{
		name: 'hub log confirmed',
		share: 6,
		play(l, home, at) {
			const { sent, acts } = command(l, own, home.chf, '8.11', at);
			l.alert(home.chf, 'N24', acts + wait(l, 20, 0.8), [sent], {
				kind: 'dcc',
				dccPayload: 'UpdateHANDeviceLogResult',
				reference: { requestId: sent.requestId }
			});
		}
	},
	{
		// A scan, or new settings, of the radio band that gas uses: the DCC relays what the hub says.
		name: 'radio scan',
		share: 2,
		play(l, home, at) {
			const party = l.random.pick([own, hasGas(home) ? gasSupplierOf(home) : own]);
			const { sent, acts } = command(l, party, home.chf, l.random.pick(['6.29', '6.28']), at);
			l.alert(home.chf, 'N58', acts + wait(l, 70, 1), [sent], {
				kind: 'dcc',
				dccPayload: 'DualBandCHAlert'
			});
		}
	},
	{
		// A new hub gets the old one's list; the meters join it one by one.
		name: 'hub restored',
		share: 1.5,
		play(l, home, at) {
			const party = hasGas(home) ? gasSupplierOf(home) : own;
			const { sent, acts } = command(l, party, home.chf, '8.12.1', at);
			l.alert(home.chf, 'N30', acts + wait(l, 30, 0.8), [sent], {
				kind: 'dcc',
				dccPayload: 'DeviceLogRestored'
			});
			l.alert(home.esme, '8183', acts + wait(l, 200, 1), [sent]);
		}
	},
	{
		// The gas meter never comes for a command: the gas proxy says so.
		name: 'not retrieved',
		share: 1.5,
		on: hasGas,
		play(l, home, at) {
			const party = gasSupplierOf(home);
			const sent = l.request(party, home.gsme!, l.random.pick(['6.7', '2.1', '1.1.1']), at, ['E20', 7200]);
			l.alert(home.gpf!, '819D', at + l.random.whole(35, 300) * MINUTE, [sent]);
		}
	}
];
