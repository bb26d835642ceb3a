// Tests the changes of single hours of a rota over HTTP: overrides, swaps and absences, and who may make them.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { joinAs, type Member } from '../../support/members.ts';
import { startSystem, type System } from '../../support/system.ts';

let system: System;
let lead: Member;
let ben: Member;
let cleo: Member;
let haldenLead: Member;
const ROTA = '/on-call/rotas/changed';
const DAY_MS = 24 * 3_600_000;
/** A Monday at 09:00 UTC, one to two weeks ahead. The first turn, of Ada, begins then. */
const monday = mondayAhead();
const after = (days: number, hours = 0): string =>
	new Date(monday + days * DAY_MS + hours * 3_600_000).toISOString();

beforeAll(async () => {
	system = await startSystem({ worker: false });
	lead = await joinAs(system, 'brightwell', 'lead', 'Ada Lead');
	ben = await joinAs(system, 'brightwell', 'on-call', 'Ben Oncall');
	cleo = await joinAs(system, 'brightwell', 'controller', 'Cleo Controller');
	haldenLead = await joinAs(system, 'halden', 'lead', 'Hal Lead');
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});
beforeEach(async () => {
	const rota = {
		timeZone: 'UTC',
		layers: [{ people: [lead.email, ben.email], start: after(0), handoff: 'P1W' }],
		overrides: [],
		swaps: [],
		absences: []
	};
	expect((await lead.call('PUT', ROTA, rota)).status).toBe(200);
});

/** Returns the people on call from one day to another, with the beginnings of their shifts. */
const shifts = async (fromDay: number, toDay: number): Promise<[string, string][]> => {
	const { body } = await lead.call('GET', `${ROTA}?from=${after(fromDay)}&to=${after(toDay)}`);
	return body.shifts.map(({ name, from }: { name: string; from: string }) => [name, from]);
};

describe('an override', () => {
	it('puts a person on call for some hours, and can be removed', async () => {
		const hours = { person: cleo.email, from: after(2), to: after(2, 6) };
		const { status, body } = await lead.call('POST', `${ROTA}/overrides`, hours);
		expect(status).toBe(200);
		expect(body.overrides).toEqual([{ ...hours, id: expect.any(String), by: 'Ada Lead' }]);
		expect(await shifts(1, 3)).toEqual([
			['Ada Lead', after(0)],
			['Cleo Controller', after(2)],
			['Ada Lead', after(2, 6)]
		]);
		const now = await lead.call('GET', `/on-call/now?rota=changed&at=${after(2, 1)}`);
		expect(now.body).toMatchObject({ person: cleo.email, until: after(2, 6), next: { person: lead.email } });
		const removed = await lead.call('DELETE', `${ROTA}/overrides/${body.overrides[0].id}`);
		expect(removed.body.overrides).toEqual([]);
		expect((await lead.call('DELETE', `${ROTA}/overrides/${body.overrides[0].id}`)).status).toBe(404);
	});

	it('lets a person who may decide take over a shift and give it back, and change nothing else', async () => {
		const own = { person: ben.email, from: after(2), to: after(3) };
		const taken = await ben.call('POST', `${ROTA}/overrides`, own);
		expect(taken.status).toBe(200);
		const given = await ben.call('POST', `${ROTA}/overrides`, { ...own, person: cleo.email });
		expect(given.status).toBe(403);
		expect(given.body.detail).toMatch(/^You may take over a shift yourself/);
		expect((await cleo.call('DELETE', `${ROTA}/overrides/${taken.body.overrides[0].id}`)).status).toBe(403);
		expect((await ben.call('DELETE', `${ROTA}/overrides/${taken.body.overrides[0].id}`)).status).toBe(200);
		expect((await ben.call('POST', `${ROTA}/absences`, own)).status).toBe(403);
	});

	it('is refused for hours that are over, for people who cannot be on call, and in a rota of another Supplier', async () => {
		const past = { person: ben.email, from: '2026-01-01T00:00:00.000Z', to: '2026-01-02T00:00:00.000Z' };
		expect((await lead.call('POST', `${ROTA}/overrides`, past)).body.detail).toMatch(/^These hours are over/);
		const foreign = { person: haldenLead.email, from: after(2), to: after(3) };
		const refused = await lead.call('POST', `${ROTA}/overrides`, foreign);
		expect(refused.status).toBe(422);
		expect(refused.body.detail).toContain(haldenLead.email);
		expect((await haldenLead.call('POST', `${ROTA}/overrides`, foreign)).status).toBe(404);
	});

	it('of two people at the same time: both are kept', async () => {
		const hours = (day: number) => ({ person: ben.email, from: after(day), to: after(day, 1) });
		const answers = await Promise.all(
			[1, 2, 3, 4, 5].map((day) => lead.call('POST', `${ROTA}/overrides`, hours(day)))
		);
		expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
		expect((await lead.call('GET', ROTA)).body.overrides).toHaveLength(5);
	});
});

describe('a swap', () => {
	const week = (person: Member, number: number) => ({
		person: person.email,
		from: after(7 * number),
		to: after(7 * number + 7)
	});

	it('exchanges two shifts, and undoing it restores both', async () => {
		const swapped = await lead.call('POST', `${ROTA}/swaps`, { first: week(lead, 0), second: week(ben, 1) });
		expect(swapped.status).toBe(200);
		expect(await shifts(1, 13)).toEqual([
			['Ben Oncall', after(0)],
			['Ada Lead', after(7)]
		]);
		await lead.call('DELETE', `${ROTA}/swaps/${swapped.body.swaps[0].id}`);
		expect(await shifts(1, 13)).toEqual([
			['Ada Lead', after(0)],
			['Ben Oncall', after(7)]
		]);
	});

	it('is refused if a person has no shift in the hours', async () => {
		const { status, body } = await lead.call('POST', `${ROTA}/swaps`, {
			first: week(lead, 1),
			second: week(ben, 2)
		});
		expect(status).toBe(422);
		expect(body.detail).toContain(`${lead.email} has no shift in these hours`);
	});
});

describe('an absence', () => {
	it('lets the next person cover', async () => {
		const away = { person: lead.email, from: after(1), to: after(2) };
		expect((await lead.call('POST', `${ROTA}/absences`, away)).status).toBe(200);
		expect(await shifts(0, 3)).toEqual([
			['Ada Lead', after(0)],
			['Ben Oncall', after(1)],
			['Ada Lead', after(2)]
		]);
	});

	it('is refused if nobody is left, with the hours, and nothing is saved', async () => {
		await lead.call('POST', `${ROTA}/absences`, { person: lead.email, from: after(1), to: after(4) });
		const { status, body } = await lead.call('POST', `${ROTA}/absences`, {
			person: ben.email,
			from: after(3),
			to: after(8)
		});
		expect(status).toBe(422);
		expect(body.gaps).toMatchObject([{ from: after(3), to: after(4), times: 1 }]);
		expect((await lead.call('GET', ROTA)).body.absences).toHaveLength(1);
	});

	it('keeps the override that covers it: removing the override is refused with the hours', async () => {
		const cover = { person: cleo.email, from: after(1), to: after(2) };
		const { body } = await lead.call('POST', `${ROTA}/overrides`, cover);
		for (const person of [lead.email, ben.email])
			expect((await lead.call('POST', `${ROTA}/absences`, { ...cover, person })).status).toBe(200);
		const removed = await lead.call('DELETE', `${ROTA}/overrides/${body.overrides[0].id}`);
		expect(removed.status).toBe(422);
		expect(removed.body.gaps).toMatchObject([{ from: after(1), to: after(2) }]);
	});
});

function mondayAhead(): number {
	const day = new Date(Date.now() + 7 * DAY_MS);
	while (day.getUTCDay() !== 1) day.setUTCDate(day.getUTCDate() + 1);
	return day.setUTCHours(9, 0, 0, 0);
}
