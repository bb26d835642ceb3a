// Says which episodes a list has and in which order, in the API and in the address of the page.
import { z } from 'zod';
import { EpisodeKind } from './episode-rule.ts';

/** The orders of a list of episodes: begun last, changed last, most members, most urgent. */
export const EpisodeSort = z.enum(['newest', 'latest', 'largest', 'urgent']);
export type EpisodeSort = z.infer<typeof EpisodeSort>;

export const EpisodeFilters = z.object({
	/** Whether to list only episodes with members that wait for a decision. */
	open: z.stringbool().optional(),
	kind: EpisodeKind.optional(),
	/** The code of the first Alert of the episode. */
	code: z
		.string()
		.trim()
		.regex(/^[0-9A-Za-z]{2,4}$/, 'must be the code of an Alert, such as 8F3E')
		.toUpperCase()
		.optional(),
	/** Absent: the newest episode first. */
	sort: EpisodeSort.optional()
});
export type EpisodeFilters = z.infer<typeof EpisodeFilters>;

const CURSOR_RULE = 'must be the nextCursor of an answer in the same order';

/** The last episode of a page: its place in the order of the list, and its id. */
export const EpisodeCursor = z
	.string(CURSOR_RULE)
	.regex(/^-?\d{1,18}\.\d{1,18}$/, CURSOR_RULE)
	.transform((text) => {
		const [place, id] = text.split('.') as [string, string];
		return { place, id };
	});
export type EpisodeCursor = z.infer<typeof EpisodeCursor>;
