// Opens the way of a page to its receivers, and takes it one step further while nobody acknowledges it.
import type pg from 'pg';
import type { AfterCommit } from './after-commit.ts';
import { tellStep, writeHistory } from './events.ts';
import { changeOf, changePage, type Actor, type PageRow } from './page-rows.ts';
import { describeRung, receiversFrom } from './receivers.ts';

/**
 * Tells the receivers of the step `step`, or of the first later step that has receivers. The last step is the alarm in
 * the console of the leads. The page must be locked and open. Returns the page as it is now.
 */
export async function takeStep(
	client: pg.ClientBase,
	page: PageRow,
	step: number,
	reason: string,
	actor: Actor | null,
	after: AfterCommit
): Promise<PageRow> {
	const found = await receiversFrom(client, page.supplier_id, page.plan, step, new Date());
	const why = `${reason}: ${describeRung(found.rung)}`;
	if (found.rung.who === 'leads') {
		const alarmed = await changePage(
			client,
			page,
			{ step: found.step, alarm: page.alarm ?? 'unanswered' },
			null
		);
		await writeHistory(client, alarmed, { type: 'updated', why, actor });
		after.changes.push(changeOf(alarmed));
		return alarmed;
	}
	const waitSeconds = page.plan.acknowledgeSeconds;
	const changed = await changePage(client, page, { step: found.step }, waitSeconds);
	await tellStep(client, changed, found.receivers, why, actor, after);
	after.steps.push({ pageId: page.id, step: changed.step, delayMs: waitSeconds * 1000 });
	after.changes.push(changeOf(changed));
	return changed;
}
