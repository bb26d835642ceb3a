// Serves the help for terms of the trade. What it says of an Alert code follows the active cause table.
import type pg from 'pg';
import { z } from 'zod';
import { CauseEntry } from '#lib/domain/cause-table/cause-table.ts';
import { explainTerm, type CauseFacts } from '#lib/domain/term-text.ts';
import { TermHelp, TermKind } from '#lib/domain/term.ts';
import { readQuery } from '#lib/server/http/query.ts';
import type { Route } from '#lib/server/http/route.ts';
import { query } from '#lib/server/postgres/statement.ts';

export type Terms = ReturnType<typeof createTerms>;

export function createTerms(pool: pg.Pool) {
	return {
		async explain(kind: TermKind, term: string): Promise<TermHelp> {
			return explainTerm(kind, term, kind === 'alert-code' ? await readFacts(pool, term) : NO_FACTS);
		}
	};
}

const NO_FACTS: CauseFacts = { entry: undefined, whyNotCommand: null };

async function readFacts(pool: pg.Pool, code: string): Promise<CauseFacts> {
	const { rows } = await pool.query<{ entry: unknown; why: string | null }>(FACTS({ code }));
	const entry = rows[0]?.entry ?? null;
	return {
		entry: entry === null ? undefined : CauseEntry.parse(entry),
		whyNotCommand: rows[0]?.why ?? null
	};
}

const FACTS = query(`
select
	(select e from jsonb_array_elements(body->'entries') e where e->>'alert' = :code limit 1) as entry,
	(select n->>'why' from jsonb_array_elements(body->'notCommand') n where n->'alerts' @> to_jsonb(:code::text) limit 1) as why
from cause_table where status = 'active'`);

const TermQuery = z.object({
	kind: TermKind,
	term: z
		.string()
		.trim()
		.regex(/^[A-Za-z0-9.]{1,24}$/, 'must be a code such as 8F30, 6.5, ED or E21')
});

export const termRoutes: ReadonlyArray<Route<{ terms: Terms }>> = [
	{
		method: 'GET',
		path: '/terms',
		scope: 'read',
		action: 'read-cause-table',
		summary: 'Explain an Alert code, an SRV, a role, a response code or a type of Device in full sentences',
		query: TermQuery,
		gives: TermHelp,
		async handle({ services, query: given }) {
			const { kind, term } = readQuery(TermQuery, given);
			return { status: 200, body: await services.terms.explain(kind, term) };
		}
	}
];
