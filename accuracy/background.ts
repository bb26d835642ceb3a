// What goes on in every home all day and causes nothing: scheduled reads, reads on demand, settings that work.
import type { Random } from '../demo/random.ts';
import { PARTIES, type Home } from '../demo/world.ts';
import type { Ledger } from './ledger.ts';
import { HOUR, MINUTE, SECOND, command, hasGas, gasSupplierOf, innocentRead, own } from './mechanism.ts';

const { northGrid, homeWatt } = PARTIES;

/** Commands that change something and raise no Alert. */
const QUIET = [
	[own, 'esme', '6.11'],
	[own, 'esme', '3.1'],
	[own, 'esme', '2.3'],
	[own, 'esme', '6.8'],
	[northGrid, 'esme', '6.5'],
	[northGrid, 'esme', '6.22'],
	[own, 'chf', '8.11'],
	[homeWatt, 'chf', '8.11'],
	[own, 'esme', '2.2'],
	[own, 'chf', '6.29']
] as const;

/** A day in one home. `busy`: requests on demand, on average. */
export function innocentDay(l: Ledger, home: Home, from: number, busy: number): void {
	const { random } = l;
	const when = (): number => from + random.next() * 23 * HOUR;
	l.request(own, home.esme, '4.6.1', from + random.whole(1, 150) * MINUTE, ['I0', random.whole(5, 60)], {
		mode: 'scheduled'
	});
	l.request(
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
		l.request(gasSupplierOf(home), home.gpf!, '4.6.1', from + random.whole(1, 150) * MINUTE, ['I0', 9], {
			mode: 'scheduled'
		});
	for (let i = howMany(random, busy); i > 0; i--) {
		if (random.chance(0.88)) innocentRead(l, home, when());
		else {
			const [party, device, variant] = random.pick(QUIET);
			const at = when();
			if (random.chance(0.1)) l.request(party, home[device], variant, at, ['E20', random.whole(30, 60)]);
			else command(l, party, home[device], variant, Math.round(at / SECOND) * SECOND);
		}
	}
}

/** Around the mean, never less than none. */
const howMany = (random: Random, mean: number): number => Math.floor(random.next() * 2 * mean + 0.5);
