// Proposes, activates, resumes and ends standing decisions. Two different people make a standing decision: one proposes
// it, another activates it. `standing_event` records each step with its author.
import type pg from 'pg';
import { causeTable } from '#lib/domain/cause-table/cause-table.ts';
import type { Verdict } from '#lib/domain/decision.ts';
import type { FieldError } from '#lib/domain/field-errors.ts';
import {
	endFault,
	whenFault,
	type StandingDecisionIn,
	type StandingWhen
} from '#lib/domain/standing-decision/rule.ts';
import type {
	StandingDecision,
	StandingPreview,
	StandingState
} from '#lib/domain/standing-decision/standing-decision.ts';
import { lockFeeds } from '#lib/server/feed/feed-entries.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';
import { readPreview } from './preview.ts';
import { listStanding, readStanding } from './stored-standing.ts';

/** The author of a step. An API key is an author of its own. */
export interface Author {
	id: string;
	name: string;
}

/** A step that cannot be taken. `preview`: what the standing decision would decide now. */
export interface StandingRefusal {
	refused: 400 | 403 | 404 | 409 | 422;
	why: string;
	errors?: FieldError[];
	preview?: StandingPreview;
}

const NOT_FOUND: StandingRefusal = { refused: 404, why: 'No such standing decision' };
const TOO_MUCH: StandingRefusal = {
	refused: 422,
	why: 'The Alerts of the last 30 days that fit are too many to count; add conditions, such as the SRV or the area'
};
/** A preview may be confirmed for this time, in ms. */
const PREVIEW_AGE_MS = 3_600_000;

export type StandingDecisions = ReturnType<typeof createStandingDecisions>;

export function createStandingDecisions(pool: pg.Pool) {
	return {
		list: (supplierId: number, state: StandingState | null, now = Date.now()): Promise<StandingDecision[]> =>
			asSupplier(pool, supplierId, (client) => listStanding(client, supplierId, state, now)),

		/** Reads one standing decision; `null`: this Supplier has no such standing decision. */
		one: (supplierId: number, id: string, now = Date.now()): Promise<StandingDecision | null> =>
			asSupplier(pool, supplierId, (client) => readStanding(client, supplierId, id, now)),

		/** Counts what such a standing decision would have decided, and stores nothing. */
		async preview(
			supplierId: number,
			input: { when: StandingWhen; verdict: Verdict },
			now = Date.now()
		): Promise<StandingPreview | StandingRefusal> {
			return neverCovered(input.when) ?? (await readPreview(pool, supplierId, input, now)) ?? TOO_MUCH;
		},

		/** Stores a proposal. It decides nothing until another person activates it. */
		async propose(
			supplierId: number,
			input: StandingDecisionIn,
			by: Author,
			now = Date.now()
		): Promise<{ standing: StandingDecision; preview: StandingPreview } | StandingRefusal> {
			const fault = endFault(input.expiresAt, now);
			if (fault) return { refused: 400, why: 'Some fields are not valid; see errors', errors: [fault] };
			const never = neverCovered(input.when);
			if (never) return never;
			const preview = await readPreview(pool, supplierId, input, now);
			if (!preview) return TOO_MUCH;
			const { examples: _, ...counts } = preview;
			return asSupplier(pool, supplierId, async (client) => {
				const { rows } = await client.query<{ id: number }>(
					INSERT({
						supplierId,
						conditions: JSON.stringify(input.when),
						verdict: input.verdict,
						reason: input.reason,
						note: input.note ?? null,
						expiresAt: input.expiresAt,
						preview: JSON.stringify(counts),
						by: by.name,
						byId: by.id,
						at: new Date(now)
					})
				);
				const id = String(rows[0]!.id);
				const { matched, decidedActionable, decidedIgnorable, undecided } = counts;
				await record(client, supplierId, id, 'proposed', by, now, input.note ?? null, {
					matched,
					decidedActionable,
					decidedIgnorable,
					undecided
				});
				return { standing: (await readStanding(client, supplierId, id, now))!, preview };
			});
		},

		/**
		 * Activates the proposal of another person. `confirm`: the number of Alerts in the preview that this person saw.
		 * `asOf`: the instant of that preview; absent: now. Alerts that wait already stay as they are.
		 */
		async activate(
			supplierId: number,
			id: string,
			{ confirm, asOf }: { confirm: number; asOf?: string | undefined },
			by: Author,
			now = Date.now()
		): Promise<StandingDecision | StandingRefusal> {
			const proposal = await this.one(supplierId, id, now);
			const refusal = whyNotActivate(proposal, by);
			if (!proposal || refusal) return refusal ?? NOT_FOUND;
			const end = asOf === undefined ? now : Date.parse(asOf);
			if (end > now || end < now - PREVIEW_AGE_MS)
				return {
					refused: 409,
					why: 'The preview is older than an hour, or lies in the future; read it again and confirm it'
				};
			const preview = await readPreview(pool, supplierId, proposal, end);
			if (!preview) return TOO_MUCH;
			if (preview.matched !== confirm)
				return {
					refused: 409,
					why: `The preview has changed: the standing decision would now decide ${preview.matched} Alerts of the last 30 days; look at "preview" and confirm that number with its asOf`,
					preview
				};
			return asSupplier(pool, supplierId, async (client) => {
				// Another person may have activated or ended it in the meantime.
				const { rowCount } = await client.query(
					ACTIVATE({ supplierId, id, by: by.name, byId: by.id, at: new Date(now) })
				);
				if (rowCount === 0) return whyNotActivate(await readStanding(client, supplierId, id, now), by)!;
				const { matched, decidedActionable, decidedIgnorable, undecided } = preview;
				await record(client, supplierId, id, 'activated', by, now, null, {
					matched,
					decidedActionable,
					decidedIgnorable,
					undecided
				});
				await client.query(CHANGED({ supplierId }));
				return (await readStanding(client, supplierId, id, now))!;
			});
		},

		/** Ends a standing decision. It decides no Alert after this is committed; what it decided stays decided. */
		end: (
			supplierId: number,
			id: string,
			note: string,
			by: Author,
			now = Date.now()
		): Promise<StandingDecision | StandingRefusal> =>
			change(supplierId, id, now, ['proposed', 'active', 'paused'], async (client, counts) => {
				await client.query(END({ supplierId, id, by: by.name, byId: by.id, at: new Date(now) }));
				await record(client, supplierId, id, 'ended', by, now, note, counts);
			}),

		/** Lets a paused standing decision decide again, after a person has looked at what people reopened. */
		resume: (
			supplierId: number,
			id: string,
			note: string,
			by: Author,
			now = Date.now()
		): Promise<StandingDecision | StandingRefusal> =>
			change(supplierId, id, now, ['paused'], async (client, counts) => {
				await client.query(RESUME({ supplierId, id, at: new Date(now) }));
				await record(client, supplierId, id, 'resumed', by, now, note, counts);
			})
	};

	/** Takes a step of a standing decision that is in one of the states `from`. */
	function change(
		supplierId: number,
		id: string,
		now: number,
		from: readonly StandingState[],
		step: (client: pg.ClientBase, counts: StandingDecision['history'][number]['counts']) => Promise<void>
	): Promise<StandingDecision | StandingRefusal> {
		return asSupplier(pool, supplierId, async (client) => {
			// Writers of explanations hold this lock when they apply a standing decision (feed/standing-rows.ts).
			await lockFeeds(client, [supplierId]);
			const before = await readStanding(client, supplierId, id, now);
			if (!before) return NOT_FOUND;
			if (!from.includes(before.state))
				return { refused: 409, why: `The standing decision is ${before.state}, not ${from.join(' or ')}` };
			const { matched, reopened, withdrawn } = before.use;
			await step(client, { matched, reopened, withdrawn });
			await client.query(CHANGED({ supplierId }));
			return (await readStanding(client, supplierId, id, now))!;
		});
	}
}

function neverCovered(when: StandingWhen): StandingRefusal | null {
	const fault = whenFault(when, causeTable);
	return (
		fault && { refused: 422, why: 'No standing decision may cover these Alerts; see errors', errors: [fault] }
	);
}

function whyNotActivate(standing: StandingDecision | null, by: Author): StandingRefusal | null {
	if (!standing) return NOT_FOUND;
	if (standing.state !== 'proposed')
		return { refused: 409, why: `The standing decision is ${standing.state}, not proposed` };
	if (standing.proposed.id === by.id)
		return {
			refused: 403,
			why: 'You proposed this standing decision, so another person must activate it: a standing decision is a decision of two people'
		};
	return null;
}

async function record(
	client: pg.ClientBase,
	supplierId: number,
	id: string,
	kind: StandingDecision['history'][number]['kind'],
	by: Author,
	now: number,
	note: string | null,
	counts: StandingDecision['history'][number]['counts']
): Promise<void> {
	await client.query(
		RECORD({
			supplierId,
			id,
			kind,
			by: by.name,
			byId: by.id,
			at: new Date(now),
			note,
			counts: counts && JSON.stringify(counts)
		})
	);
}

const INSERT = query(`
with proposed as (
	insert into standing_decision (supplier_id, conditions, verdict, reason, note, expires_at, preview, proposed_by, proposed_by_id, proposed_at)
	values (:supplierId, :conditions::jsonb, :verdict, :reason, :note, :expiresAt, :preview::jsonb, :by, :byId, :at)
	returning id, supplier_id
)
insert into standing_use (standing_id, supplier_id) select id, supplier_id from proposed returning standing_id as id`);

const ACTIVATE = query(`
update standing_decision set activated_by = :by, activated_by_id = :byId, activated_at = :at::timestamptz
where id = :id::bigint and supplier_id = :supplierId and activated_at is null and ended_at is null and expires_at > :at::timestamptz`);

const END = query(`
update standing_decision set ended_by = :by, ended_by_id = :byId, ended_at = :at
where id = :id::bigint and supplier_id = :supplierId`);

const RESUME = query(`
update standing_decision set paused_at = null, paused_reopened = null, resumed_at = :at
where id = :id::bigint and supplier_id = :supplierId`);

const CHANGED = query(`
insert into standing_version as v (supplier_id, version) values (:supplierId, 1)
on conflict (supplier_id) do update set version = v.version + 1`);

const RECORD = query(`
insert into standing_event (supplier_id, standing_id, kind, at, done_by, done_by_id, note, counts)
values (:supplierId, :id::bigint, :kind, :at, :by, :byId, :note, :counts::jsonb)`);
