// Reads and writes the part of the address that says which episodes the page lists, and in which order.
import { EpisodeFilters, type EpisodeSort } from '#lib/domain/episode-list.ts';
import type { EpisodeKind } from '#lib/domain/episode-rule.ts';

/** The page shows this many episodes, then as many more each time that the person asks, and at most `MOST_SHOWN`. */
export const SHOWN_AT_ONCE = 100;
export const MOST_SHOWN = 500;

export interface EpisodeListQuery {
	/** Whether to list only episodes with members that wait for a decision. */
	open: boolean;
	/** `null`: all kinds. */
	kind: EpisodeKind | null;
	/** The code of the first Alert; `null`: all codes. */
	code: string | null;
	sort: EpisodeSort;
	/** The number of episodes to show. */
	shown: number;
}

/** Reads a code that a person typed. `null`: the text is no code. */
export const readCode = (text: string): string | null =>
	EpisodeFilters.shape.code.safeParse(text).data ?? null;

/** Reads the list of an address. A value that the page does not know counts as absent. */
export function readListQuery(params: URLSearchParams): EpisodeListQuery {
	const { open, kind, sort } = EpisodeFilters.shape;
	const given = (name: string): string | undefined => params.get(name) ?? undefined;
	const shown = Number(params.get('shown'));
	return {
		open: open.safeParse(given('open')).data ?? false,
		kind: kind.safeParse(given('kind')).data ?? null,
		code: readCode(given('code') ?? ''),
		sort: sort.safeParse(given('sort')).data ?? 'newest',
		shown: Number.isInteger(shown) && shown > SHOWN_AT_ONCE ? Math.min(shown, MOST_SHOWN) : SHOWN_AT_ONCE
	};
}

/** Whether the list leaves episodes out. */
export const isFiltered = ({ open, kind, code }: EpisodeListQuery): boolean =>
	open || kind !== null || code !== null;

/** Returns the address of a list. `episode`: the open episode; `null`: none is open. */
export function addressOf(query: EpisodeListQuery, episode: string | null): string {
	const params = new URLSearchParams();
	if (query.open) params.set('open', 'true');
	if (query.kind) params.set('kind', query.kind);
	if (query.code) params.set('code', query.code);
	if (query.sort !== 'newest') params.set('sort', query.sort);
	if (query.shown > SHOWN_AT_ONCE) params.set('shown', String(query.shown));
	if (episode) params.set('episode', episode);
	return params.size > 0 ? `/episodes?${params}` : '/episodes';
}
