// The named stories: situations that a control room knows, each played on fresh homes, relative to the moment it starts.
import { Chronicle, DAY, HOUR, MINUTE, SECOND, type Happening } from './events.ts';
import { createRandom } from './random.ts';
import { hanDeviceLogResult } from './traffic.ts';
import { PARTIES, devicesOf, homeOf, type Home } from './world.ts';

const { brightwell, halden, oldmoor, newlane, northGrid, valleyGas, homeWatt, metrix } = PARTIES;

export interface Story {
	name: string;
	title: string;
	/** How many fresh homes it takes. */
	homes: number;
	/** Seconds from its start to its last event. */
	lasts: number;
	play(c: Chronicle, now: number, homes: readonly Home[]): void;
}

/** A home with two Suppliers, electricity from Brightwell. */
const split = (home: Home): Home => ({ ...home, gasSupplier: 'halden', gsme: home.esme.replace(/1$/, '2'), gpf: home.esme.replace(/1$/, '4') });
const iso = (at: number): string => new Date(at).toISOString();

export const STORIES: readonly Story[] = [
	{ name: 'S1', title: 'Network operator with the wrong certificate', homes: 1, lasts: 60, play(c, now, [h]) {
		c.devices(now, devicesOf(h!));
		c.request(brightwell, h!.esme, '4.6.1', now - 110 * MINUTE, ['I0', 10], { mode: 'scheduled' });
		const cause = c.request(northGrid, h!.esme, '6.5', now + 2 * SECOND, ['E21', 51]);
		c.alert(h!.esme, '8F30', now + 29 * SECOND, cause);
	} },
	{ name: 'S2', title: 'The other fuel’s Supplier changes the shared hub', homes: 1, lasts: 180, play(c, now, [h]) {
		const home = split(h!);
		c.devices(now, devicesOf(home));
		const removed = c.request(halden, home.chf, '8.11', now + SECOND, ['I0', 4]);
		const added = c.request(halden, home.chf, '8.11', now + 10 * SECOND, ['I0', 4]);
		c.alert(home.esme, '8183', now + 25 * SECOND, added);
		c.alert(home.esme, '8F3E', now + 60 * SECOND, removed);
		c.request(halden, home.gpf!, '8.7.2', now + 100 * SECOND, ['I0', 5]);
		c.alert(home.esme, '8F3E', now + 120 * SECOND, removed);
	} },
	{ name: 'S3', title: 'A consumer pairs a device through an Other User', homes: 1, lasts: 120, play(c, now, [h]) {
		c.devices(now, devicesOf(h!));
		c.request(homeWatt, h!.esme, '9.1', now + SECOND, ['I0', 4]);
		const cause = c.request(homeWatt, h!.chf, '8.11', now + 40 * SECOND, ['I0', 5]);
		c.request(homeWatt, h!.esme, '8.7.2', now + 60 * SECOND, ['I0', 6]);
		c.alert(h!.esme, '8F3E', now + 90 * SECOND, cause);
	} },
	{ name: 'S4', title: 'Change of Supplier: we gain the meter', homes: 1, lasts: 120, play(c, now, [h]) {
		const change = now + 10 * SECOND;
		c.devices(now, devicesOf(h!, [{ supplier: 'brightwell', from: iso(change), to: null }]));
		const gain = c.request(brightwell, h!.esme, '6.23', now - 33 * HOUR, ['I0', 30], { executeAt: change, mode: 'future-dated-dsp' });
		const cause = c.request(oldmoor, h!.esme, '1.1.1', change - 9 * SECOND, null);
		c.alert(h!.esme, '8F30', change + 42 * SECOND, cause);
		c.alert(h!.esme, 'N41', change + 90 * SECOND, gain, { kind: 'dcc', dccPayload: 'ChangeOfSupplier', raisedAt: null, reference: { requestId: gain } });
	} },
	{ name: 'S5', title: 'Change of Supplier: we lose the meter, and its Alerts still come', homes: 1, lasts: 90, play(c, now, [h]) {
		c.devices(now, devicesOf(h!, [{ supplier: 'brightwell', from: '2025-01-01T00:00:00.000Z', to: iso(now - 4 * HOUR) }]));
		const cause = c.request(newlane, h!.esme, '1.6', now + 2 * SECOND, null);
		const addressed = { recipientId: brightwell.userId } as object;
		c.alert(h!.esme, '8F30', now + 14 * SECOND, cause, addressed);
		c.alert(h!.esme, '8F0F', now + 40 * SECOND, null, addressed);
		c.alert(h!.esme, '8F74', now + 60 * SECOND, null, addressed);
	} },
	{ name: 'S6', title: 'A late audit record explains a pending Alert', homes: 1, lasts: 75, play(c, now, [h]) {
		c.devices(now, devicesOf(h!));
		const cause = c.request(northGrid, h!.esme, '6.22', now + SECOND, ['E65', 6], { lateBy: 60 * SECOND });
		c.alert(h!.esme, '8F1E', now + 11 * SECOND, cause);
	} },
	{ name: 'S7', title: 'A Device clock that cannot be trusted', homes: 1, lasts: 90, play(c, now, [h]) {
		const home: Home = { ...split(h!), gasSupplier: 'brightwell' };
		c.devices(now, devicesOf(home));
		const alertAt = now + 35 * SECOND;
		c.request({ ...brightwell, role: 'GS' }, home.gsme!, '4.6.1', now - 81 * MINUTE, ['I0', 20]);
		const cause = c.request(valleyGas, home.gsme!, '6.15.1', now + 4 * SECOND, null);
		c.request({ ...oldmoor, role: 'GS' }, home.gsme!, '6.11', now + 10 * SECOND, ['E4', 1]);
		c.alert(home.gsme!, '8F3D', alertAt, cause, { raisedAt: iso(now - 80 * MINUTE), clockStatus: 'unreliable' });
		const own = c.request({ ...brightwell, role: 'GS' }, home.gsme!, '6.11', now + 55 * SECOND, ['I0', 8]);
		c.alert(home.gsme!, '8F0C', now + 65 * SECOND, own);
	} },
	{ name: 'S8', title: 'A tariff stored weeks ago takes effect, five of six instructions', homes: 1, lasts: 40, play(c, now, [h]) {
		c.devices(now, devicesOf(h!));
		const counter = String(Math.round(now - 23 * DAY));
		const cause = c.request(brightwell, h!.esme, '1.1.1', now - 23 * DAY, ['I0', 35], { executeAt: now, mode: 'future-dated-device', counter });
		for (let i = 1; i <= 5; i++)
			c.alert(h!.esme, '8F66', now + (3 + i * 4) * SECOND, cause, { reference: { originatorId: brightwell.userId, counter, messageCode: '0019', requestId: null, instruction: i, instructions: 6 } });
	} },
	{ name: 'S9', title: 'Several requests that may have caused it', homes: 1, lasts: 60, play(c, now, [h]) {
		c.devices(now, devicesOf(h!));
		const cause = c.request(northGrid, h!.esme, '6.15.1', now + SECOND, null);
		c.request(homeWatt, h!.esme, '4.8.1', now + 2 * SECOND, ['I0', 4]);
		c.request(northGrid, h!.esme, '6.5', now + 20 * SECOND, ['I0', 7]);
		c.request(metrix, h!.esme, '6.13', now + 22 * SECOND, ['E21', 13]);
		c.alert(h!.esme, '8F30', now + 36 * SECOND, cause);
	} },
	{ name: 'S10', title: 'A small storm after a firmware campaign', homes: 60, lasts: 120, play(c, now, homes) {
		for (const [i, home] of homes.entries()) {
			c.devices(now, devicesOf({ ...home, model: 'Aster E4', firmware: '2.10' }));
			// The last four of the sixty never got the campaign.
			const cause = i < homes.length - 4 ? c.request(brightwell, home.esme, '11.3', now - 3 * HOUR, ['I0', 30], { executeAt: now - 30 * MINUTE, mode: 'future-dated-device' }) : null;
			c.alert(home.esme, '8F3E', now + (10 + i) * SECOND, cause, { truth: cause ? 'unknown-cause' : 'spontaneous', ...(i % 3 === 0 ? { throttledCount: 40 } : {}) });
		}
	} },
	{ name: 'S11', title: 'Firmware sent by the former Supplier arrives after the switch', homes: 1, lasts: 40, play(c, now, [h]) {
		c.devices(now, devicesOf(h!, [{ supplier: 'brightwell', from: iso(now - 3 * DAY), to: null }]));
		const cause = c.request(oldmoor, h!.esme, '11.1', now - 11 * DAY, ['I0', 60]);
		c.alert(h!.esme, '8F72', now + 15 * SECOND, cause, { truth: 'unknown-cause' });
	} },
	{ name: 'S12', title: 'An Alert from a Device that is in no inventory', homes: 1, lasts: 60, play(c, now, [h]) {
		c.alert(h!.esme, '8F76', now + 5 * SECOND, null, { recipientId: brightwell.userId } as object);
		c.devices(now + 50 * SECOND, devicesOf(h!));
	} },
	{ name: 'S13', title: 'No Service Request at all: really suspicious', homes: 1, lasts: 100, play(c, now, [h]) {
		c.devices(now, devicesOf(h!));
		for (const [code, seconds] of [['8F3D', 5], ['8F3E', 40], ['8F60', 70], ['8F76', 90]] as const) c.alert(h!.esme, code, now + seconds * SECOND, null);
	} },
	{ name: 'S14', title: 'Our own command is the cause', homes: 1, lasts: 30, play(c, now, [h]) {
		c.devices(now, devicesOf(h!));
		for (const days of [2, 1]) c.request(brightwell, h!.esme, '6.11', now - days * DAY, ['I0', 5]);
		const cause = c.request(brightwell, h!.esme, '6.11', now + SECOND, ['I0', 5]);
		c.alert(h!.esme, '8F0C', now + 10 * SECOND, cause);
	} },
	{ name: 'S15', title: 'DCC Alerts that name their request', homes: 3, lasts: 110, play(c, now, [h, two, three]) {
		for (const home of [h!, two!, three!]) c.devices(now, devicesOf(home));
		const log = c.request(brightwell, h!.chf, '8.11', now + SECOND, ['I0', 8]);
		c.duis(now + 20 * SECOND, hanDeviceLogResult(log, now + 20 * SECOND));
		const disable = c.request(brightwell, h!.esme, '7.2', now + 5 * SECOND, ['E20', 60]);
		c.alert(h!.esme, 'N13', now + 80 * SECOND, disable, { kind: 'dcc', dccPayload: 'CommandFailure', raisedAt: null, reference: { requestId: disable } });
		for (const home of [two!, three!]) c.alert(home.chf, 'AD1', now + 30 * SECOND, null, { kind: 'dcc', dccPayload: 'PowerOutageEvent' });
		const quarantined = c.request(brightwell, two!.esme, '6.4.1', now + 60 * SECOND, null);
		c.alert(two!.esme, 'N52', now + 90 * SECOND, quarantined, { kind: 'dcc', dccPayload: 'QuarantinedRequest', raisedAt: null, reference: { requestId: quarantined } });
	} },
	{ name: 'S16', title: 'A site visit of the other fuel’s Supplier opens the meter', homes: 1, lasts: 120, play(c, now, [h]) {
		const home = split(h!);
		c.devices(now, devicesOf(home));
		c.alert(home.esme, '8F76', now + 5 * SECOND, null);
		c.alert(home.esme, '81A5', now + 25 * SECOND, null);
		c.request(halden, home.chf, '8.11', now + 60 * SECOND, ['I0', 8]);
		c.alert(home.esme, '81C1', now + 80 * SECOND, null);
		c.request(halden, home.chf, '8.14.3', now + 100 * SECOND, ['I0', 8]);
	} },
	{ name: 'S17', title: 'One message three times, and out of order', homes: 1, lasts: 60, play(c, now, [h]) {
		c.devices(now, devicesOf(h!));
		const messageId = `demo S17 ${now}`;
		const raisedAt = iso(now + 5 * SECOND);
		c.alert(h!.esme, '8F69', now + 3 * SECOND, null, { transit: 1 });
		for (const seconds of [6, 20, 50]) c.alert(h!.esme, '8F0C', now + seconds * SECOND, null, { messageId, raisedAt, transit: 1 });
	} }
];

/** Numbers below are the neighbourhood's. */
const FIRST_STORY_HOME = 10_000;

/** Plays a story from `now` on homes that no earlier play has used. */
export function playStory(story: Story, now: number): Happening {
	// Time gives the homes their numbers, so that a later start of the demo takes others.
	const first = FIRST_STORY_HOME + ((Math.floor(now / SECOND) * 7) % 16_000_000);
	const homes = Array.from({ length: story.homes }, (_, i) => homeOf(first + i));
	const chronicle = new Chronicle(createRandom(Math.floor(now / SECOND)), story.name, story.name);
	story.play(chronicle, now, homes);
	return chronicle.happening;
}
