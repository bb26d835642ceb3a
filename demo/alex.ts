// Answers every second page of Brightwell as Alex would: acknowledges the page, and decides it later.
import type { Page, PageList } from '#lib/domain/on-call/page.ts';
import { hasAnswered, type Call } from './client.ts';
import { SECOND } from './events.ts';

const PAGES_PER_CALL = 50;

/**
 * Returns a function that reads all pages and answers those that are due at `now` (epoch ms). The other pages are for
 * the person who watches. Alex acknowledges a page after `afterSeconds`, and decides it after twice that time. If
 * Causeway refuses an answer, Alex says so once and leaves the page.
 */
export function createAlex(
	call: Call,
	afterSeconds: number,
	say: (line: string) => void
): (now: number) => Promise<void> {
	/** The ids of the pages that Alex leaves. */
	const left = new Set<string>();

	return async (now) => {
		const isDue = (at: string | undefined, seconds: number): boolean =>
			at !== undefined && now - Date.parse(at) >= seconds * SECOND;
		for await (const page of pagesForAlex('open'))
			if (isDue(page.openedAt, afterSeconds))
				await answer(page, 'acknowledge', {}, `acknowledges page ${page.id}: ${page.content.headline}`);
		for await (const page of pagesForAlex('acknowledged')) {
			const hasAlerts = page.subject === 'alert' || page.subject === 'episode';
			if (hasAlerts && isDue(page.acknowledged?.at, 2 * afterSeconds))
				await answer(
					page,
					'decision',
					{ verdict: 'actionable', reason: page.subject === 'alert' ? 'no-command' : 'firmware' },
					`decides page ${page.id}: actionable`
				);
		}
	};

	/** Reads the pages of a state, newest first. Ends early if Causeway does not answer. */
	async function* pagesForAlex(state: Page['state']): AsyncGenerator<Page> {
		let cursor: string | null = '';
		while (cursor !== null) {
			const from: string = cursor && `&cursor=${cursor}`;
			const list = await call<PageList>(
				'GET',
				`/on-call/pages?state=${state}&limit=${PAGES_PER_CALL}${from}`
			);
			if (list?.status !== 200) return;
			for (const page of list.body.items)
				if (BigInt(page.id) % 2n === 1n && page.heldUntil === null && !left.has(page.id)) yield page;
			cursor = list.body.nextCursor;
		}
	}

	async function answer({ id }: Page, action: string, body: object, does: string): Promise<void> {
		const reply = await call<{ detail?: string }>('POST', `/on-call/pages/${id}/${action}`, body);
		if (!hasAnswered(reply)) return; // Alex looks at the page again
		if (reply.status < 400) return say(`on call: Alex ${does}`);
		left.add(id);
		say(
			`on call: Alex leaves page ${id}, because its ${action} was refused (${reply.status}): ${reply.body.detail ?? ''}`
		);
	}
}
