// Reads what a page says: its Alert, its episode, and the precedents of its pattern.
import type pg from 'pg';
import type { PageContent } from '#lib/domain/on-call/page.ts';
import { contentOf, toldKey } from '#lib/domain/on-call/message.ts';
import { readPrecedents } from '#lib/server/decisions/precedents.ts';
import { readEpisode } from '#lib/server/episodes/episodes.ts';
import { readAlerts } from '#lib/server/feed/alert-reader.ts';

/** The subject of a page as the database has it. */
interface Subject {
	supplierId: number;
	alertId: bigint;
	episodeId: bigint | null;
	moreAlerts: number;
}

/**
 * Reads the content of a page. `told`: the key of the content that people were told last. Precedents are read again
 * only if the key has changed, because their statement is the dearest. `null`: the Alert is gone.
 */
export async function readContent(
	client: pg.ClientBase,
	{ supplierId, alertId, episodeId, moreAlerts }: Subject,
	before: { content: PageContent; told: string } | null
): Promise<{ content: PageContent; told: string } | null> {
	const [[alert], episode] = [
		await readAlerts(client, supplierId, [alertId.toString()]),
		episodeId === null ? null : await readEpisode(client, supplierId, episodeId)
	];
	if (!alert) return null;
	const write = (precedents: { ignorable: number; actionable: number }): PageContent =>
		contentOf({ alert, episode, precedents, moreAlerts });
	if (before) {
		const content = write(before.content.precedents);
		if (toldKey(content) === before.told) return { content, told: before.told };
	}
	const precedents = await readPrecedents(client, supplierId, alertId.toString(), Date.now());
	const content = write(precedents ?? { ignorable: 0, actionable: 0 });
	return { content, told: toldKey(content) };
}
