// Finds who gets a page at a step of its escalation: people of a rota by the channels of the plan, and the targets of
// channels.
import type pg from 'pg';
import type { Recipient } from '#lib/domain/on-call/page.ts';
import { ladderOf, type PagePlan, type Rung } from '#lib/domain/on-call/route.ts';
import { onCallAt } from '#lib/domain/on-call/rota-shifts.ts';
import { peopleOf } from '#lib/domain/on-call/rota.ts';
import { kindOf } from '#lib/server/on-call/channels/kinds.ts';
import { peopleByEmail } from '#lib/server/on-call/rotas/people.ts';
import { readRota } from '#lib/server/on-call/rotas/rota-rows.ts';
import { statement } from '#lib/server/postgres/statement.ts';

/** One receiver of an event. `recipient: null`: the target of the channel itself. */
export interface Receiver {
	channel: string;
	kind: string;
	recipient: Recipient | null;
}

/** The receivers of a step, and the sentence that says why they get the page now. */
export interface StepReceivers {
	step: number;
	rung: Rung;
	receivers: Receiver[];
}

/**
 * Returns the first step from `step` on that has receivers, or the last step, the alarm in the console of the leads. A
 * step without anybody, such as the next person of a rota of one person, is left out.
 */
export async function receiversFrom(
	client: pg.ClientBase,
	supplierId: number,
	plan: PagePlan,
	step: number,
	at: Date
): Promise<StepReceivers> {
	const ladder = ladderOf(plan);
	for (let i = Math.min(step, ladder.length - 1); ; i++) {
		const rung = ladder[i]!;
		if (rung.who === 'leads') return { step: i, rung, receivers: [] };
		const receivers = await receiversOf(client, supplierId, plan, rung, at);
		if (receivers.length > 0) return { step: i, rung, receivers };
	}
}

async function receiversOf(
	client: pg.ClientBase,
	supplierId: number,
	plan: PagePlan,
	rung: Rung,
	at: Date
): Promise<Receiver[]> {
	const names = rung.who === 'channel' ? [rung.channel] : plan.channels;
	const [people, { rows: channels }] = await Promise.all([
		peopleOn(client, supplierId, plan, rung, at),
		client.query<{ name: string; kind: string; settings: object }>(CHANNELS({ supplierId, names }))
	]);
	const receivers = channels.flatMap(({ name, kind, settings }): Receiver[] =>
		kindOf(kind)?.addresses({ ...settings, kind }) === 'person'
			? people.map((recipient) => ({ channel: name, kind, recipient }))
			: [{ channel: name, kind, recipient: null }]
	);
	// A step that adds only people has to add at least one. Without one, the targets of the channels would be told twice.
	const addsPeople = rung.who === 'next' || rung.who === 'everybody' || rung.who === 'rota';
	return addsPeople && !receivers.some(({ recipient }) => recipient) ? [] : receivers;
}

const CHANNELS = statement(
	'channels-of-step',
	`select name, kind, settings from on_call_channel
	where supplier_id = :supplierId and name = any(:names::text[]) order by array_position(:names::text[], name)`
);

async function peopleOn(
	client: pg.ClientBase,
	supplierId: number,
	plan: PagePlan,
	rung: Rung,
	at: Date
): Promise<Recipient[]> {
	const name = rung.who === 'rota' ? rung.rota : plan.rota;
	const rota = name === null ? null : await readRota(client, supplierId, name);
	if (!rota) return [];
	const now = onCallAt(rota, at.toISOString());
	const next = now.next?.person ?? null;
	const emails = {
		current: [now.person],
		channel: [now.person],
		rota: [now.person],
		next: next === now.person ? [] : [next],
		again: [now.person, next],
		everybody: peopleOf(rota),
		leads: []
	}[rung.who];
	return peopleByEmail(
		client,
		supplierId,
		[...new Set(emails)].filter((email) => email !== null)
	);
}

/** Returns the part of a sentence that says whom a step tells. */
export function describeRung(rung: Rung): string {
	switch (rung.who) {
		case 'current':
			return 'the person on call';
		case 'rota':
			return `the person on call of ${rung.rota}`;
		case 'channel':
			return `the channel ${rung.channel}`;
		case 'next':
			return 'the next person of the rota';
		case 'again':
			return 'the same people again';
		case 'everybody':
			return 'everybody of the rota';
		case 'leads':
			return 'the leads, in the console';
	}
}
