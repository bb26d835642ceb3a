// Makes the daily traffic: reads without effect, commands that cause Alerts, and Alerts without a command.
// The mechanisms and their delays are defined in this file and do not come from the cause table of the product.
import { Chronicle, DAY, HOUR, SECOND, type Happening } from './events.ts';
import { createRandom, type Random } from './random.ts';
import { DCC, PARTIES, type Home } from './world.ts';

type Mechanism = (chronicle: Chronicle, home: Home, at: number) => void;

const { brightwell, halden, northGrid, homeWatt, metrix, valleyGas } = PARTIES;

/** Returns the gas Supplier of the home, or Brightwell as a gas Supplier if the home has no other Supplier. */
const otherFuel = (home: Home) => (home.gasSupplier === 'halden' ? halden : { ...brightwell, role: 'GS' });

const MECHANISMS: Array<[share: number, mechanism: Mechanism]> = [
	// A network operator sends a command, but the meter holds another certificate.
	[
		10,
		(c, home, at) => {
			const cause = c.request(northGrid, home.esme, c.random.pick(['6.5', '6.18.1', '6.22']), at, [
				'E21',
				c.random.whole(30, 55)
			]);
			c.alert(home.esme, '8F30', at + c.random.whole(2, 25) * SECOND, cause);
		}
	],
	// The other fuel's Supplier adds a Device on the shared hub, and the meter joins the network again.
	[
		12,
		(c, home, at) => {
			const cause = c.request(otherFuel(home), home.chf, '8.11', at, ['I0', c.random.whole(4, 20)]);
			c.alert(home.esme, '8183', at + c.random.whole(40, 240) * SECOND, cause);
		}
	],
	// A display that was removed from the network tries to join again.
	[
		6,
		(c, home, at) => {
			const cause = c.request(otherFuel(home), home.chf, '8.11', at, ['I0', c.random.whole(4, 20)]);
			c.alert(home.esme, '8F3E', at + c.random.whole(60, 900) * SECOND, cause);
		}
	],
	// A clock has drifted: the Supplier sets the clock, and the meter refuses the change.
	[
		8,
		(c, home, at) => {
			const cause = c.request(brightwell, home.esme, '6.11', at, ['I0', c.random.whole(3, 12)]);
			c.alert(home.esme, '8F0C', at + c.random.whole(4, 25) * SECOND, cause);
		}
	],
	// A prepayment top-up.
	[
		12,
		(c, home, at) => {
			const cause = c.request(brightwell, home.esme, '2.2', at, ['I0', c.random.whole(3, 12)]);
			c.alert(home.esme, '810E', at + c.random.whole(4, 25) * SECOND, cause);
		}
	],
	// A command does not arrive at the Device. The DCC Alert names the command.
	[
		8,
		(c, home, at) => {
			const cause = c.request(brightwell, home.esme, c.random.pick(['6.13', '4.8.1', '6.2.1']), at, [
				'E20',
				c.random.whole(60, 90)
			]);
			c.alert(home.esme, 'N13', at + c.random.whole(70, 120) * SECOND, cause, {
				kind: 'dcc',
				dccPayload: 'CommandFailure',
				raisedAt: null,
				reference: { requestId: cause }
			});
		}
	],
	// The DCC confirms the Supplier's change of the Device Log of the hub in a DUIS message.
	[
		8,
		(c, home, at) => {
			const cause = c.request(brightwell, home.chf, '8.11', at, ['I0', c.random.whole(4, 20)]);
			c.duis(at + 40 * SECOND, hanDeviceLogResult(cause, at + 40 * SECOND));
		}
	],
	// A tariff sent weeks ago takes effect. The meter raises one Alert for each instruction.
	[
		5,
		(c, home, at) => {
			const counter = String(Math.round(at - 20 * DAY));
			const cause = c.request(brightwell, home.esme, '1.1.1', at - 20 * DAY, ['I0', 35], {
				executeAt: at,
				mode: 'future-dated-device',
				counter
			});
			for (let i = 1; i <= 3; i++)
				c.alert(home.esme, '8F66', at + i * 3 * SECOND, cause, {
					reference: {
						originatorId: brightwell.userId,
						counter,
						messageCode: '0019',
						requestId: null,
						instruction: i,
						instructions: 3
					}
				});
		}
	],
	// The firmware of the meter does not support a command.
	[
		5,
		(c, home, at) => {
			const cause = c.request(northGrid, home.esme, '6.22', at, ['E65', c.random.whole(5, 20)]);
			c.alert(home.esme, '8F1E', at + c.random.whole(2, 15) * SECOND, cause);
		}
	],
	// A consumer pairs a device through an Other User.
	[
		5,
		(c, home, at) => {
			c.request(homeWatt, home.esme, '9.1', at, ['I0', 8]);
			const cause = c.request(homeWatt, home.chf, '8.11', at + 45 * SECOND, ['I0', 8]);
			c.request(homeWatt, home.esme, '8.7.2', at + 70 * SECOND, ['I0', 8]);
			c.alert(home.esme, '8F3E', at + c.random.whole(80, 200) * SECOND, cause);
		}
	],
	// The Supplier activates firmware, and the meter restarts.
	[
		4,
		(c, home, at) => {
			const cause = c.request(brightwell, home.esme, '11.3', at, ['I0', 30]);
			c.alert(home.esme, '81B2', at + c.random.whole(60, 900) * SECOND, cause);
		}
	],
	// A cause that the cause table does not know: a read by an agent makes the meter raise a warning.
	[
		3,
		(c, home, at) => {
			const cause = c.request(metrix, home.esme, '4.10', at, ['I0', 12]);
			c.alert(home.esme, '81AF', at + c.random.whole(5, 60) * SECOND, cause, { truth: 'unknown-cause' });
		}
	],
	// No command: the supply returns, or the wiring is wrong.
	[
		10,
		(c, home, at) => c.alert(home.esme, c.random.pick(['8F35', '8F36', '81B8', '81BB', '81B7']), at, null)
	],
	// No command: the battery of a gas meter is low.
	[3, (c, home, at) => c.alert(home.gsme ?? home.esme, home.gsme ? '8F1F' : '8F35', at, null)],
	// No command: a person opens the meter.
	[2, (c, home, at) => c.alert(home.esme, c.random.pick(['8F76', '8F3F', '8F74']), at, null)],
	// No command: a security check of the meter fails.
	[2, (c, home, at) => c.alert(home.esme, c.random.pick(['8F3D', '8F3E']), at, null)],
	// A read without effect, just before a spontaneous Alert.
	[
		4,
		(c, home, at) => {
			c.request(valleyGas, home.gsme ?? home.esme, '4.10', at - 30 * SECOND, ['I0', 10]);
			c.alert(home.gsme ?? home.esme, '8F3F', at, null);
		}
	],
	// No command: the meter has updated its billing data log.
	[5, (c, home, at) => c.alert(home.esme, '8F0A', at, null)]
];
const TOTAL_SHARE = MECHANISMS.reduce((sum, [share]) => sum + share, 0);

/** Picks a mechanism at random, in proportion to the shares. */
function draw(random: Random): Mechanism {
	let ticket = random.whole(1, TOTAL_SHARE);
	for (const [share, mechanism] of MECHANISMS) if ((ticket -= share) <= 0) return mechanism;
	return MECHANISMS[0]![1];
}

export interface TrafficPlan {
	seed: number;
	/** Epoch ms; episodes begin within `[from, to)`. */
	from: number;
	to: number;
	/** Episodes an hour over the whole neighbourhood. */
	episodesPerHour: number;
}

/** Makes the events of a stretch of time. The same plan gives exactly the same events. */
export function traffic(homes: readonly Home[], { seed, from, to, episodesPerHour }: TrafficPlan): Happening {
	const random = createRandom(seed);
	const chronicle = new Chronicle(random, `traffic-${seed}`);
	for (let at = from; at < to; at += (random.next() * 2 * HOUR) / episodesPerHour) {
		draw(random)(chronicle, random.pick(homes), Math.round(at));
		readSomething(chronicle, random.pick(homes), Math.round(at));
		readSomething(chronicle, random.pick(homes), Math.round(at) + 300);
	}
	return chronicle.happening;
}

/** Adds a read by one of five Users. The read succeeds and causes no Alert. */
function readSomething(c: Chronicle, home: Home, at: number): void {
	const [party, variant] = c.random.pick([
		[brightwell, '4.6.1'],
		[brightwell, '4.8.1'],
		[northGrid, '4.10'],
		[homeWatt, '4.8.1'],
		[metrix, '6.2.4']
	] as const);
	c.request(party, home.esme, variant, at, ['I0', c.random.whole(3, 25)], {
		mode: c.random.chance(0.6) ? 'scheduled' : 'on-demand'
	});
}

/** Builds the DUIS message (DCC Alert N24) that reports the result of a change of the Device Log. */
export function hanDeviceLogResult(requestId: string, at: number): string {
	const [sender] = requestId.split(':');
	return `<?xml version="1.0" encoding="UTF-8"?>
<sr:Response xmlns:sr="http://www.dccinterface.co.uk/ServiceUserGateway" schemaVersion="5.4"><sr:Header><sr:ResponseID>${DCC}:${sender}:${at}</sr:ResponseID><sr:ResponseCode>I0</sr:ResponseCode><sr:ResponseDateTime>${new Date(at).toISOString()}</sr:ResponseDateTime></sr:Header><sr:Body><sr:DCCAlertMessage><sr:DCCAlertCode>N24</sr:DCCAlertCode><sr:DCCAlert><sr:UpdateHANDeviceLogResult><sr:UpdateHANDeviceLogServiceRequestID>${requestId}</sr:UpdateHANDeviceLogServiceRequestID></sr:UpdateHANDeviceLogResult></sr:DCCAlert></sr:DCCAlertMessage></sr:Body></sr:Response>`;
}
