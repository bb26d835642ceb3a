// Adds the daily traffic of every home that causes no Alert: scheduled reads, reads on demand, successful settings.
import type { Random } from '../demo/random.ts';
import { PARTIES, type Home } from '../demo/world.ts';
import type { Ledger } from './ledger.ts';
import {
	HOUR,
	MINUTE,
	SECOND,
	command,
	hasGas,
	gasSupplierOf,
	innocentRead,
	ownSupplier
} from './mechanism.ts';

const { northGrid, homeWatt } = PARTIES;

/** Commands that change something and raise no Alert. */
const QUIET_COMMANDS = [
	[ownSupplier, 'esme', '6.11'],
	[ownSupplier, 'esme', '3.1'],
	[ownSupplier, 'esme', '2.3'],
	[ownSupplier, 'esme', '6.8'],
	[northGrid, 'esme', '6.5'],
	[northGrid, 'esme', '6.22'],
	[ownSupplier, 'chf', '8.11'],
	[homeWatt, 'chf', '8.11'],
	[ownSupplier, 'esme', '2.2'],
	[ownSupplier, 'chf', '6.29']
] as const;

/** Adds one day of one home. `busy`: the mean number of requests on demand. */
export function innocentDay(ledger: Ledger, home: Home, from: number, busy: number): void {
	const { random } = ledger;
	const when = (): number => from + random.next() * 23 * HOUR;
	ledger.request(
		ownSupplier,
		home.esme,
		'4.6.1',
		from + random.whole(1, 150) * MINUTE,
		['I0', random.whole(5, 60)],
		{
			mode: 'scheduled'
		}
	);
	ledger.request(
		homeWatt,
		home.esme,
		'4.8.1',
		from + random.whole(60, 400) * MINUTE,
		['I0', random.whole(5, 900)],
		{
			mode: 'scheduled'
		}
	);
	if (hasGas(home))
		ledger.request(gasSupplierOf(home), home.gpf!, '4.6.1', from + random.whole(1, 150) * MINUTE, ['I0', 9], {
			mode: 'scheduled'
		});
	for (let i = aroundMean(random, busy); i > 0; i--) {
		if (random.chance(0.88)) innocentRead(ledger, home, when());
		else {
			const [party, device, variant] = random.pick(QUIET_COMMANDS);
			const at = when();
			if (random.chance(0.1)) ledger.request(party, home[device], variant, at, ['E20', random.whole(30, 60)]);
			else command(ledger, party, home[device], variant, Math.round(at / SECOND) * SECOND);
		}
	}
}

/** Draws a whole number around the mean, at least 0. */
const aroundMean = (random: Random, mean: number): number => Math.floor(random.next() * 2 * mean + 0.5);
