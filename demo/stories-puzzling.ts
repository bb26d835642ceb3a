// Defines the stories without one clear cause: several suspects, a storm, an unknown Device, or no Service Request at all.
import { DAY, HOUR, MINUTE, SECOND } from './events.ts';
import { iso, split, type Story } from './story.ts';
import { hanDeviceLogResult } from './traffic.ts';
import { PARTIES, devicesOf } from './world.ts';

const { brightwell, halden, oldmoor, northGrid, homeWatt, metrix } = PARTIES;

export const PUZZLING_STORIES: readonly Story[] = [
	{
		name: 'S9',
		title: 'Several Service Requests that may have caused the Alert',
		homes: 1,
		lasts: 60,
		play(c, now, [h]) {
			c.devices(now, devicesOf(h!));
			const cause = c.request(northGrid, h!.esme, '6.15.1', now + SECOND, null);
			c.request(homeWatt, h!.esme, '4.8.1', now + 2 * SECOND, ['I0', 4]);
			c.request(northGrid, h!.esme, '6.5', now + 20 * SECOND, ['I0', 7]);
			c.request(metrix, h!.esme, '6.13', now + 22 * SECOND, ['E21', 13]);
			c.alert(h!.esme, '8F30', now + 36 * SECOND, cause);
		}
	},
	{
		name: 'S10',
		title: 'A small storm after a firmware campaign',
		homes: 60,
		lasts: 120,
		play(c, now, homes) {
			for (const [i, home] of homes.entries()) {
				c.devices(now, devicesOf({ ...home, model: 'Aster E4', firmware: '2.10' }));
				// The last four of the sixty homes are not part of the campaign.
				const cause =
					i < homes.length - 4
						? c.request(brightwell, home.esme, '11.3', now - 3 * HOUR, ['I0', 30], {
								executeAt: now - 30 * MINUTE,
								mode: 'future-dated-device'
							})
						: null;
				c.alert(home.esme, '8F3E', now + (10 + i) * SECOND, cause, {
					truth: cause ? 'unknown-cause' : 'spontaneous',
					...(i % 3 === 0 ? { throttledCount: 40 } : {})
				});
			}
		}
	},
	{
		name: 'S11',
		title: 'Firmware from the former Supplier arrives after the Change of Supplier',
		homes: 1,
		lasts: 40,
		play(c, now, [h]) {
			c.devices(now, devicesOf(h!, [{ supplier: 'brightwell', from: iso(now - 3 * DAY), to: null }]));
			const cause = c.request(oldmoor, h!.esme, '11.1', now - 11 * DAY, ['I0', 60]);
			c.alert(h!.esme, '8F72', now + 15 * SECOND, cause, { truth: 'unknown-cause' });
		}
	},
	{
		name: 'S12',
		title: 'An Alert from a Device that is not in the inventory yet',
		homes: 1,
		lasts: 60,
		play(c, now, [h]) {
			c.alert(h!.esme, '8F76', now + 5 * SECOND, null, { recipientId: brightwell.userId } as object);
			c.devices(now + 50 * SECOND, devicesOf(h!));
		}
	},
	{
		name: 'S13',
		title: 'Security and tamper Alerts that no Service Request explains',
		homes: 1,
		lasts: 100,
		play(c, now, [h]) {
			const home = split(h!);
			c.devices(now, devicesOf(home));
			for (const [code, seconds] of [
				['8F3D', 5],
				['8F3E', 40],
				['8F60', 70],
				['8F76', 90]
			] as const)
				c.alert(home.esme, code, now + seconds * SECOND, null);
			// The gas meter of the same home belongs to Halden, so this page goes to Halden alone.
			c.alert(home.gsme!, '8F3D', now + 20 * SECOND, null);
		}
	},
	{
		name: 'S14',
		title: 'Our own Service Request is the cause',
		homes: 1,
		lasts: 30,
		play(c, now, [h]) {
			c.devices(now, devicesOf(h!));
			for (const days of [2, 1]) c.request(brightwell, h!.esme, '6.11', now - days * DAY, ['I0', 5]);
			const cause = c.request(brightwell, h!.esme, '6.11', now + SECOND, ['I0', 5]);
			c.alert(h!.esme, '8F0C', now + 10 * SECOND, cause);
		}
	},
	{
		name: 'S15',
		title: 'DCC Alerts that name the Service Request',
		homes: 3,
		lasts: 110,
		play(c, now, [h, two, three]) {
			for (const home of [h!, two!, three!]) c.devices(now, devicesOf(home));
			const log = c.request(brightwell, h!.chf, '8.11', now + SECOND, ['I0', 8]);
			c.duis(now + 20 * SECOND, hanDeviceLogResult(log, now + 20 * SECOND));
			const disable = c.request(brightwell, h!.esme, '7.2', now + 5 * SECOND, ['E20', 60]);
			c.alert(h!.esme, 'N13', now + 80 * SECOND, disable, {
				kind: 'dcc',
				dccPayload: 'CommandFailure',
				raisedAt: null,
				reference: { requestId: disable }
			});
			for (const home of [two!, three!])
				c.alert(home.chf, 'AD1', now + 30 * SECOND, null, { kind: 'dcc', dccPayload: 'PowerOutageEvent' });
			const quarantined = c.request(brightwell, two!.esme, '6.4.1', now + 60 * SECOND, null);
			c.alert(two!.esme, 'N52', now + 90 * SECOND, quarantined, {
				kind: 'dcc',
				dccPayload: 'QuarantinedRequest',
				raisedAt: null,
				reference: { requestId: quarantined }
			});
		}
	},
	{
		name: 'S16',
		title: 'An engineer of the other fuel’s Supplier opens the meter on a site visit',
		homes: 1,
		lasts: 120,
		play(c, now, [h]) {
			const home = split(h!);
			c.devices(now, devicesOf(home));
			c.alert(home.esme, '8F76', now + 5 * SECOND, null);
			c.alert(home.esme, '81A5', now + 25 * SECOND, null);
			c.request(halden, home.chf, '8.11', now + 60 * SECOND, ['I0', 8]);
			c.alert(home.esme, '81C1', now + 80 * SECOND, null);
			c.request(halden, home.chf, '8.14.3', now + 100 * SECOND, ['I0', 8]);
		}
	},
	{
		name: 'S17',
		title: 'One Alert arrives three times and out of order',
		homes: 1,
		lasts: 60,
		play(c, now, [h]) {
			c.devices(now, devicesOf(h!));
			const messageId = `demo S17 ${now}`;
			const raisedAt = iso(now + 5 * SECOND);
			c.alert(h!.esme, '8F69', now + 3 * SECOND, null, { transit: 1 });
			for (const seconds of [6, 20, 50])
				c.alert(h!.esme, '8F0C', now + seconds * SECOND, null, { messageId, raisedAt, transit: 1 });
		}
	}
];
