// Defines the stories with one clear cause: a Service Request of another User, a late request, or a request sent weeks ago.
import { DAY, HOUR, MINUTE, SECOND } from './events.ts';
import { iso, split, type Story } from './story.ts';
import { PARTIES, devicesOf, type Home } from './world.ts';

const { brightwell, halden, oldmoor, newlane, northGrid, valleyGas, homeWatt } = PARTIES;

export const EXPLAINED_STORIES: readonly Story[] = [
	{
		name: 'S1',
		title: 'Network operator with the wrong certificate',
		homes: 1,
		lasts: 60,
		play(c, now, [h]) {
			c.devices(now, devicesOf(h!));
			c.request(brightwell, h!.esme, '4.6.1', now - 110 * MINUTE, ['I0', 10], { mode: 'scheduled' });
			const cause = c.request(northGrid, h!.esme, '6.5', now + 2 * SECOND, ['E21', 51]);
			c.alert(h!.esme, '8F30', now + 29 * SECOND, cause);
		}
	},
	{
		name: 'S2',
		title: 'The other fuel’s Supplier adds and removes Devices on the shared hub',
		homes: 1,
		lasts: 180,
		play(c, now, [h]) {
			const home = split(h!);
			c.devices(now, devicesOf(home));
			const removed = c.request(halden, home.chf, '8.11', now + SECOND, ['I0', 4]);
			const added = c.request(halden, home.chf, '8.11', now + 10 * SECOND, ['I0', 4]);
			c.alert(home.esme, '8183', now + 25 * SECOND, added);
			c.alert(home.esme, '8F3E', now + 60 * SECOND, removed);
			c.request(halden, home.gpf!, '8.7.2', now + 100 * SECOND, ['I0', 5]);
			c.alert(home.esme, '8F3E', now + 120 * SECOND, removed);
		}
	},
	{
		name: 'S3',
		title: 'A consumer pairs a device through an Other User',
		homes: 1,
		lasts: 120,
		play(c, now, [h]) {
			c.devices(now, devicesOf(h!));
			c.request(homeWatt, h!.esme, '9.1', now + SECOND, ['I0', 4]);
			const cause = c.request(homeWatt, h!.chf, '8.11', now + 40 * SECOND, ['I0', 5]);
			c.request(homeWatt, h!.esme, '8.7.2', now + 60 * SECOND, ['I0', 6]);
			c.alert(h!.esme, '8F3E', now + 90 * SECOND, cause);
		}
	},
	{
		name: 'S4',
		title: 'Change of Supplier: we gain the meter',
		homes: 1,
		lasts: 120,
		play(c, now, [h]) {
			const change = now + 10 * SECOND;
			c.devices(now, devicesOf(h!, [{ supplier: 'brightwell', from: iso(change), to: null }]));
			const gain = c.request(brightwell, h!.esme, '6.23', now - 33 * HOUR, ['I0', 30], {
				executeAt: change,
				mode: 'future-dated-dsp'
			});
			const cause = c.request(oldmoor, h!.esme, '1.1.1', change - 9 * SECOND, null);
			c.alert(h!.esme, '8F30', change + 42 * SECOND, cause);
			c.alert(h!.esme, 'N41', change + 90 * SECOND, gain, {
				kind: 'dcc',
				dccPayload: 'ChangeOfSupplier',
				raisedAt: null,
				reference: { requestId: gain }
			});
		}
	},
	{
		name: 'S5',
		title: 'Change of Supplier: we lose the meter, but still receive its Alerts',
		homes: 1,
		lasts: 90,
		play(c, now, [h]) {
			c.devices(
				now,
				devicesOf(h!, [{ supplier: 'brightwell', from: '2025-01-01T00:00:00.000Z', to: iso(now - 4 * HOUR) }])
			);
			const cause = c.request(newlane, h!.esme, '1.6', now + 2 * SECOND, null);
			const addressed = { recipientId: brightwell.userId } as object;
			c.alert(h!.esme, '8F30', now + 14 * SECOND, cause, addressed);
			c.alert(h!.esme, '8F0F', now + 40 * SECOND, null, addressed);
			c.alert(h!.esme, '8F74', now + 60 * SECOND, null, addressed);
		}
	},
	{
		name: 'S6',
		title: 'A late audit record explains a pending Alert',
		homes: 1,
		lasts: 75,
		play(c, now, [h]) {
			c.devices(now, devicesOf(h!));
			const cause = c.request(northGrid, h!.esme, '6.22', now + SECOND, ['E65', 6], { lateBy: 60 * SECOND });
			c.alert(h!.esme, '8F1E', now + 11 * SECOND, cause);
		}
	},
	{
		name: 'S7',
		title: 'A Device with an unreliable clock',
		homes: 1,
		lasts: 90,
		play(c, now, [h]) {
			const home: Home = { ...split(h!), gasSupplier: 'brightwell' };
			c.devices(now, devicesOf(home));
			const alertAt = now + 35 * SECOND;
			c.request({ ...brightwell, role: 'GS' }, home.gsme!, '4.6.1', now - 81 * MINUTE, ['I0', 20]);
			const cause = c.request(valleyGas, home.gsme!, '6.15.1', now + 4 * SECOND, null);
			c.request({ ...oldmoor, role: 'GS' }, home.gsme!, '6.11', now + 10 * SECOND, ['E4', 1]);
			c.alert(home.gsme!, '8F3D', alertAt, cause, {
				raisedAt: iso(now - 80 * MINUTE),
				clockStatus: 'unreliable'
			});
			const own = c.request({ ...brightwell, role: 'GS' }, home.gsme!, '6.11', now + 55 * SECOND, ['I0', 8]);
			c.alert(home.gsme!, '8F0C', now + 65 * SECOND, own);
		}
	},
	{
		name: 'S8',
		title: 'A tariff sent weeks ago takes effect; one of its six Alerts is missing',
		homes: 1,
		lasts: 40,
		play(c, now, [h]) {
			c.devices(now, devicesOf(h!));
			const counter = String(Math.round(now - 23 * DAY));
			const cause = c.request(brightwell, h!.esme, '1.1.1', now - 23 * DAY, ['I0', 35], {
				executeAt: now,
				mode: 'future-dated-device',
				counter
			});
			for (let i = 1; i <= 5; i++)
				c.alert(h!.esme, '8F66', now + (3 + i * 4) * SECOND, cause, {
					reference: {
						originatorId: brightwell.userId,
						counter,
						messageCode: '0019',
						requestId: null,
						instruction: i,
						instructions: 6
					}
				});
		}
	}
];
