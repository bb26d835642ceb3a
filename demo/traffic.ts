// The daily traffic of a neighbourhood: reads and schedules that cause nothing, commands that cause Alerts, and Alerts
// that no command caused. The mechanisms and their delays are the world's own, not read from the product's tables.
import { Chronicle, DAY, HOUR, SECOND, type Happening } from './events.ts';
import { createRandom, type Random } from './random.ts';
import { DCC, PARTIES, type Home } from './world.ts';

type Mechanism = (chronicle: Chronicle, home: Home, at: number) => void;

const { brightwell, halden, northGrid, homeWatt, metrix, valleyGas } = PARTIES;

/** The other Supplier of a home with two, else the own one. */
const otherFuel = (home: Home) => (home.gasSupplier === 'halden' ? halden : { ...brightwell, role: 'GS' });

const MECHANISMS: Array<[share: number, mechanism: Mechanism]> = [
	// A network operator whose certificate is not the one on the meter.
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
	// Another fuel's Supplier adds a Device on the shared hub; the meter joins anew.
	[
		12,
		(c, home, at) => {
			const cause = c.request(otherFuel(home), home.chf, '8.11', at, ['I0', c.random.whole(4, 20)]);
			c.alert(home.esme, '8183', at + c.random.whole(40, 240) * SECOND, cause);
		}
	],
	// A removed display keeps trying.
	[
		6,
		(c, home, at) => {
			const cause = c.request(otherFuel(home), home.chf, '8.11', at, ['I0', c.random.whole(4, 20)]);
			c.alert(home.esme, '8F3E', at + c.random.whole(60, 900) * SECOND, cause);
		}
	],
	// A clock that drifts: set by the own Supplier, refused by the meter.
	[
		8,
		(c, home, at) => {
			const cause = c.request(brightwell, home.esme, '6.11', at, ['I0', c.random.whole(3, 12)]);
			c.alert(home.esme, '8F0C', at + c.random.whole(4, 25) * SECOND, cause);
		}
	],
	// Top-ups.
	[
		12,
		(c, home, at) => {
			const cause = c.request(brightwell, home.esme, '2.2', at, ['I0', c.random.whole(3, 12)]);
			c.alert(home.esme, '810E', at + c.random.whole(4, 25) * SECOND, cause);
		}
	],
	// A command that did not arrive: the DCC names it.
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
	// The hub confirms an own change of its Device Log, as a DUIS message.
	[
		8,
		(c, home, at) => {
			const cause = c.request(brightwell, home.chf, '8.11', at, ['I0', c.random.whole(4, 20)]);
			c.duis(at + 40 * SECOND, hanDeviceLogResult(cause, at + 40 * SECOND));
		}
	],
	// A tariff stored weeks ago takes effect, one Alert for each of its instructions.
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
	// A command that the meter's firmware does not understand.
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
	// Firmware is activated and the meter restarts.
	[
		4,
		(c, home, at) => {
			const cause = c.request(brightwell, home.esme, '11.3', at, ['I0', 30]);
			c.alert(home.esme, '81B2', at + c.random.whole(60, 900) * SECOND, cause);
		}
	],
	// Something that no table knows: an agent's visit read makes one model report a warning.
	[
		3,
		(c, home, at) => {
			const cause = c.request(metrix, home.esme, '4.10', at, ['I0', 12]);
			c.alert(home.esme, '81AF', at + c.random.whole(5, 60) * SECOND, cause, { truth: 'unknown-cause' });
		}
	],
	// Nobody's command: supply, battery, wiring; now and then somebody at the meter.
	[
		10,
		(c, home, at) => c.alert(home.esme, c.random.pick(['8F35', '8F36', '81B8', '81BB', '81B7']), at, null)
	],
	[3, (c, home, at) => c.alert(home.gsme ?? home.esme, home.gsme ? '8F1F' : '8F35', at, null)],
	[2, (c, home, at) => c.alert(home.esme, c.random.pick(['8F76', '8F3F', '8F74']), at, null)],
	[2, (c, home, at) => c.alert(home.esme, c.random.pick(['8F3D', '8F3E']), at, null)],
	// An innocent read just before a spontaneous Alert.
	[
		4,
		(c, home, at) => {
			c.request(valleyGas, home.gsme ?? home.esme, '4.10', at - 30 * SECOND, ['I0', 10]);
			c.alert(home.gsme ?? home.esme, '8F3F', at, null);
		}
	],
	[5, (c, home, at) => c.alert(home.esme, '8F0A', at, null)]
];
const TOTAL = MECHANISMS.reduce((sum, [share]) => sum + share, 0);

function draw(random: Random): Mechanism {
	let ticket = random.whole(1, TOTAL);
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

/** All that happens in a stretch of time: the same plan gives the same events, to the byte. */
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

/** Reads by everybody, all day: they succeed and cause nothing. */
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

export function hanDeviceLogResult(requestId: string, at: number): string {
	const [sender] = requestId.split(':');
	return `<?xml version="1.0" encoding="UTF-8"?>
<sr:Response xmlns:sr="http://www.dccinterface.co.uk/ServiceUserGateway" schemaVersion="5.4"><sr:Header><sr:ResponseID>${DCC}:${sender}:${at}</sr:ResponseID><sr:ResponseCode>I0</sr:ResponseCode><sr:ResponseDateTime>${new Date(at).toISOString()}</sr:ResponseDateTime></sr:Header><sr:Body><sr:DCCAlertMessage><sr:DCCAlertCode>N24</sr:DCCAlertCode><sr:DCCAlert><sr:UpdateHANDeviceLogResult><sr:UpdateHANDeviceLogServiceRequestID>${requestId}</sr:UpdateHANDeviceLogServiceRequestID></sr:UpdateHANDeviceLogResult></sr:DCCAlert></sr:DCCAlertMessage></sr:Body></sr:Response>`;
}
