// Calls the cause table API from the browser. A refusal has a message for the person and the path of each fault.
import type { CauseFile } from '#lib/domain/cause-table/cause-table.ts';
import type { TableFault } from '#lib/domain/cause-table/check.ts';
import { TableVersion } from '#lib/domain/cause-table/version.ts';
import { WhatIf } from '#lib/domain/cause-table/what-if.ts';
import { Pattern } from '#lib/domain/learned-pattern.ts';

const API = '/api/v1';

export type Answer<T> = { ok: true; value: T } | { ok: false; message: string; faults: TableFault[] };

async function request<T>(
	path: string,
	read: (body: unknown) => T,
	init: { method: 'GET' | 'POST'; body?: unknown }
): Promise<Answer<T>> {
	try {
		const response = await fetch(API + path, {
			method: init.method,
			credentials: 'same-origin',
			...(init.body === undefined
				? {}
				: { headers: { 'content-type': 'application/json' }, body: JSON.stringify(init.body) })
		});
		if (response.status === 204) return { ok: true, value: read(undefined) };
		if (response.ok) return { ok: true, value: read(await response.json()) };
		const problem = (await response.json().catch(() => null)) as {
			detail?: string;
			errors?: TableFault[];
		} | null;
		const message =
			problem?.detail ?? `The server answered ${response.status}. Nothing was changed. Try again.`;
		return { ok: false, message, faults: problem?.errors ?? [] };
	} catch {
		return {
			ok: false,
			message: 'The server cannot be reached. Nothing was changed. Try again.',
			faults: []
		};
	}
}

const asTable = (body: unknown): TableVersion => TableVersion.parse(body);
const asWhatIf = (body: unknown): WhatIf => WhatIf.parse(body);

export const saveDraft = (
	draft: { version?: string; revision?: number; basedOn: string; note: string | null },
	{ entries, notCommand }: CauseFile
): Promise<Answer<TableVersion>> =>
	request('/cause-table', asTable, { method: 'POST', body: { ...draft, body: { entries, notCommand } } });

export const takeStep = (
	version: string,
	step: 'propose' | 'activate' | 'discard'
): Promise<Answer<TableVersion>> => request(`/cause-table/${version}/${step}`, asTable, { method: 'POST' });

export const startWhatIf = (version: string): Promise<Answer<WhatIf>> =>
	request(`/cause-table/${version}/what-if`, asWhatIf, { method: 'POST' });

export const readWhatIf = (version: string): Promise<Answer<WhatIf>> =>
	request(`/cause-table/${version}/what-if`, asWhatIf, { method: 'GET' });

/** Stores a person's review of a learned pattern. `dismissed`: the pattern is not a cause. */
export const reviewPattern = (pattern: Pattern, dismissed: boolean): Promise<Answer<true>> =>
	request('/learned-patterns/review', () => true as const, {
		method: 'POST',
		body: { ...Pattern.parse(pattern), dismissed }
	});
