// Serves the cause table: its versions, the steps from a draft to the active table, and what-if replays.
import { DraftIn, TableList, TableVersion, Version } from '#lib/domain/cause-table/version.ts';
import { WhatIf } from '#lib/domain/cause-table/what-if.ts';
import { jsonBody, parse, readJson } from '#lib/server/http/body.ts';
import { Problem } from '#lib/server/http/problem.ts';
import type { Call, Reply, Route } from '#lib/server/http/route.ts';
import type { CauseTables } from './cause-tables.ts';
import type { Refusal } from './version-rows.ts';
import type { WhatIfs } from './what-ifs.ts';

export interface CauseTableServices {
	causeTables: CauseTables;
	whatIfs: WhatIfs;
}

export const causeTableRoutes: ReadonlyArray<Route<CauseTableServices>> = [
	{
		method: 'GET',
		path: '/cause-table',
		scope: 'read',
		action: 'read-cause-table',
		summary: 'List the active cause table and the other versions',
		gives: TableList,
		handle: async ({ services, caller }) => ({
			status: 200,
			body: await services.causeTables.list(caller)
		})
	},
	{
		method: 'POST',
		path: '/cause-table',
		scope: 'decide',
		succeeds: [200, 201],
		refuses: [404, 409],
		action: 'draft-cause-table',
		summary: 'Save a draft of the cause table',
		takes: { ...jsonBody(DraftIn), bytes: 1024 * 1024 },
		gives: TableVersion,
		handle: save
	},
	{
		method: 'GET',
		path: '/cause-table/{version}',
		scope: 'read',
		action: 'read-cause-table',
		summary: 'Read one version of the cause table, with its rows and its history',
		gives: TableVersion,
		async handle({ services, caller, params }) {
			const version = versionIn(params);
			const table = await services.causeTables.one(version, caller);
			if (!table) throw new Problem(404, `There is no cause table ${version}`);
			return { status: 200, body: table };
		}
	},
	{
		method: 'POST',
		path: '/cause-table/{version}/propose',
		scope: 'decide',
		refuses: [409],
		action: 'activate-cause-table',
		summary: 'Propose a draft to all Suppliers; another person of the installation activates it',
		gives: TableVersion,
		handle: (call) => step(call, 'propose')
	},
	{
		method: 'POST',
		path: '/cause-table/{version}/activate',
		scope: 'decide',
		refuses: [409],
		action: 'activate-cause-table',
		summary: 'Activate the proposal of another person of the installation, after its what-if',
		gives: TableVersion,
		handle: (call) => step(call, 'activate')
	},
	{
		method: 'POST',
		path: '/cause-table/{version}/discard',
		scope: 'decide',
		refuses: [409],
		action: 'draft-cause-table',
		summary: 'Discard a draft or a proposal',
		gives: TableVersion,
		handle: (call) => step(call, 'discard')
	},
	{
		method: 'POST',
		path: '/cause-table/{version}/what-if',
		scope: 'decide',
		succeeds: [202],
		refuses: [409],
		action: 'draft-cause-table',
		summary:
			'Start a what-if: explain the Alerts of the last 30 days by a draft; their explanations stay the same',
		async handle(call) {
			const version = versionIn(call.params);
			const refusal = await call.services.whatIfs.start(version, call.caller);
			if (refusal) throw problemOf(refusal);
			return { status: 202, body: await call.services.whatIfs.of(call.caller, version) };
		},
		gives: WhatIf
	},
	{
		method: 'GET',
		path: '/cause-table/{version}/what-if',
		scope: 'read',
		action: 'read-cause-table',
		summary:
			'Read the what-if of a draft: the changes among your Alerts, or numbers over all Suppliers for the installation',
		gives: WhatIf,
		async handle({ services, caller, params }) {
			const version = versionIn(params);
			const whatIf = await services.whatIfs.of(caller, version);
			if (!whatIf) throw new Problem(404, `No what-if of ${version} was started; start it first`);
			return { status: 200, body: whatIf };
		}
	}
];

async function save(call: Call<CauseTableServices>): Promise<Reply> {
	const draft = parse(DraftIn, readJson(call.body));
	const saved = await call.services.causeTables.save(draft, call.caller);
	if ('faults' in saved)
		throw new Problem(
			400,
			'The table has faults and was not saved; correct the rows in "errors" and save it again',
			{
				errors: saved.faults
			}
		);
	if ('refused' in saved) throw problemOf(saved);
	return { status: draft.version ? 200 : 201, body: saved };
}

async function step(
	call: Call<CauseTableServices>,
	what: 'propose' | 'activate' | 'discard'
): Promise<Reply> {
	const done = await call.services.causeTables[what](versionIn(call.params), call.caller);
	if ('refused' in done) throw problemOf(done);
	return { status: 200, body: done };
}

function versionIn(params: Record<string, string>): string {
	const version = Version.safeParse(params['version']);
	if (!version.success) throw new Problem(404, 'There is no such cause table');
	return version.data;
}

const problemOf = ({ refused, why }: Refusal): Problem => new Problem(refused, why);
