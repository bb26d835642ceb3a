// Reads the help for terms of the trade, each term once while the page is open.
import { TermHelp, type TermKind } from '#lib/domain/term.ts';
import { callApi, type Answer } from './call-api.ts';

const known = new Map<string, Promise<Answer<TermHelp>>>();

/** Reads the help for a term. A read that failed is tried again at the next call. */
export function readTerm(kind: TermKind, term: string): Promise<Answer<TermHelp>> {
	const key = `${kind} ${term}`;
	const reading =
		known.get(key) ??
		callApi(`/terms?${new URLSearchParams({ kind, term })}`, (body) => TermHelp.parse(body), {
			method: 'GET'
		});
	known.set(key, reading);
	void reading.then(({ ok }) => !ok && known.delete(key));
	return reading;
}
