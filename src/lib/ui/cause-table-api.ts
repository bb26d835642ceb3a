// Calls the cause table API from the browser. A refusal has a message for the person and the path of each fault.
import type { CauseFile } from '#lib/domain/cause-table/cause-table.ts';
import { TableVersion } from '#lib/domain/cause-table/version.ts';
import { WhatIf } from '#lib/domain/cause-table/what-if.ts';
import { Pattern } from '#lib/domain/learned-pattern.ts';
import { callApi, type Answer } from './call-api.ts';

const asTable = (body: unknown): TableVersion => TableVersion.parse(body);
const asWhatIf = (body: unknown): WhatIf => WhatIf.parse(body);

export const saveDraft = (
	draft: { version?: string; revision?: number; basedOn: string; note: string | null },
	{ entries, notCommand }: CauseFile
): Promise<Answer<TableVersion>> =>
	callApi('/cause-table', asTable, { method: 'POST', body: { ...draft, body: { entries, notCommand } } });

export const takeStep = (
	version: string,
	step: 'propose' | 'activate' | 'discard'
): Promise<Answer<TableVersion>> => callApi(`/cause-table/${version}/${step}`, asTable, { method: 'POST' });

export const startWhatIf = (version: string): Promise<Answer<WhatIf>> =>
	callApi(`/cause-table/${version}/what-if`, asWhatIf, { method: 'POST' });

export const readWhatIf = (version: string): Promise<Answer<WhatIf>> =>
	callApi(`/cause-table/${version}/what-if`, asWhatIf, { method: 'GET' });

/** Stores a person's review of a learned pattern. `dismissed`: the pattern is not a cause. */
export const reviewPattern = (pattern: Pattern, dismissed: boolean): Promise<Answer<true>> =>
	callApi('/learned-patterns/review', () => true as const, {
		method: 'POST',
		body: { ...Pattern.parse(pattern), dismissed }
	});
