// Checks the demo feed: its traffic is repeatable and realistic, and ingest accepts all of its records.
import { describe, expect, it } from 'vitest';
import { AlertIn } from '#lib/domain/alert.ts';
import { DeviceIn } from '#lib/domain/device.ts';
import { ServiceRequestIn } from '#lib/domain/service-request.ts';
import { readDuis } from '#lib/server/duis/message.ts';
import type { Happening } from '../../demo/events.ts';
import { STORIES, playStory } from '../../demo/stories.ts';
import { traffic } from '../../demo/traffic.ts';
import { devicesOf, neighbourhood } from '../../demo/world.ts';

const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 10, 5, 12);
const homes = neighbourhood(400);
const plan = { seed: 7, from: NOON, to: NOON + 12 * HOUR, episodesPerHour: 120 };
const day = traffic(homes, plan);
const bodies = (happening: Happening, what: string) =>
	happening.events.filter((event) => event.what === what).map((event) => event.body);

/** Returns the records that the schemas of ingest refuse. */
function refused({ events }: Happening): unknown[] {
	return events.flatMap((event): unknown[] => {
		if (event.what === 'devices') return event.body.filter((body) => !DeviceIn.safeParse(body).success);
		if (event.what === 'duis')
			return readDuis(Buffer.from(event.body), new Date(event.sendAt)).ok ? [] : [event.body];
		return (event.what === 'request' ? ServiceRequestIn : AlertIn).safeParse(event.body).success
			? []
			: [event.body];
	});
}

describe('the traffic of a neighbourhood', () => {
	it('is exactly the same for the same seed and different for another seed', () => {
		expect(JSON.stringify(traffic(homes, plan))).toBe(JSON.stringify(day));
		expect(JSON.stringify(traffic(homes, { ...plan, seed: 8 }))).not.toBe(JSON.stringify(day));
	});

	it('names only Devices of the neighbourhood, in records that ingest accepts', () => {
		const known = new Set(homes.flatMap((home) => devicesOf(home)).map((device) => device.deviceId));
		const alerts = bodies(day, 'alert') as Array<{ deviceId: string }>;
		expect(alerts.length).toBeGreaterThan(1000);
		expect(alerts.filter((alert) => !known.has(alert.deviceId))).toEqual([]);
		expect(refused(day)).toEqual([]);
	});

	it('states the true cause of every Alert, and the cause is one of its Service Requests', () => {
		const requests = new Set(
			(bodies(day, 'request') as Array<{ requestId: string }>).map((body) => body.requestId)
		);
		const caused = day.truths.filter((truth) => truth.cause !== null);
		expect(caused.length).toBeGreaterThan(500);
		expect(caused.filter((truth) => !requests.has(truth.cause!))).toEqual([]);
		expect(new Set(day.truths.map((truth) => truth.messageId)).size).toBe(day.truths.length);
	});

	it('delivers about 15 % of the audit records late and about 5 % of the Alerts twice', () => {
		const requests = day.events.filter((event) => event.what === 'request');
		const late = requests.filter(
			(event) => event.sendAt - Date.parse((event.body as { requestedAt: string }).requestedAt) > 20_000
		);
		expect(late.length / requests.length).toBeGreaterThan(0.12);
		expect(late.length / requests.length).toBeLessThan(0.18);
		const twice = bodies(day, 'alert').length / day.truths.length - 1;
		expect(twice).toBeGreaterThan(0.03);
		expect(twice).toBeLessThan(0.07);
	});
});

describe('the stories', () => {
	it('are named S1 to S17, raise Alerts, and consist of records that ingest accepts', () => {
		expect(STORIES.map((story) => story.name)).toEqual(Array.from({ length: 17 }, (_, i) => `S${i + 1}`));
		for (const story of STORIES) {
			const happening = playStory(story, NOON);
			expect(refused(happening)).toEqual([]);
			expect(bodies(happening, 'alert').length).toBeGreaterThan(0);
			const last = Math.max(...happening.events.map((event) => event.sendAt)) - NOON;
			expect(last).toBeLessThanOrEqual((story.lasts + 60) * 1000);
		}
	});

	it('use new homes each time they are played', () => {
		const devicesAt = (now: number) =>
			(bodies(playStory(STORIES[0]!, now), 'devices') as Array<Array<{ deviceId: string }>>)
				.flat()
				.map((device) => device.deviceId);
		const [first, second] = [devicesAt(NOON), devicesAt(NOON + 60_000)];
		expect(first.filter((id) => second.includes(id))).toEqual([]);
	});
});
