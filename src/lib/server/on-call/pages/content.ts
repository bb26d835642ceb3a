// Reads what a page says: its Alert, its episode, and the precedents of its pattern.
import type pg from 'pg';
import type { PageContent } from '#lib/domain/on-call/page.ts';
import { contentOf, toldKey } from '#lib/domain/on-call/message.ts';
import { readPrecedents } from '#lib/server/decisions/precedents.ts';
import { readEpisodeFigures } from '#lib/server/episodes/episodes.ts';
import { readAlerts } from '#lib/server/feed/alert-reader.ts';

/** The subject of a page as the database has it. */
interface Subject {
	supplierId: number;
	alertId: bigint;
	episodeId: bigint | null;
	moreAlerts: number;
}

/**
 * Reads the content of a page. `before`: the content that people were told last; `null`: the page is new. Precedents are
 * read again only if people must be told again, because their statement is the dearest. Returns `null` if the Alert is
 * gone.
 */
export async function readContent(
	client: pg.ClientBase,
	{ supplierId, alertId, episodeId, moreAlerts }: Subject,
	before: PageContent | null
): Promise<PageContent | null> {
	const [[alert], episode] = [
		await readAlerts(client, supplierId, [alertId.toString()]),
		episodeId === null ? null : await readEpisodeFigures(client, supplierId, episodeId)
	];
	if (!alert) return null;
	const write = (precedents: { ignorable: number; actionable: number }): PageContent =>
		contentOf({ alert, episode, precedents, moreAlerts });
	if (before) {
		const content = write(before.precedents);
		if (toldKey(content) === toldKey(before)) return content;
	}
	const precedents = await readPrecedents(client, supplierId, alertId.toString(), Date.now());
	return write(precedents ?? { ignorable: 0, actionable: 0 });
}
