// Opens a page about the matter of an Alert: its episode, or the Alert itself while it stands alone.
import type pg from 'pg';
import type { Route } from '#lib/domain/on-call/route.ts';
import type { AfterCommit } from './after-commit.ts';
import { readContent } from './content.ts';
import type { ChangedAlert } from './news.ts';
import { openPage, planOf, type Opening } from './open-page.ts';
import type { PageRow } from './page-rows.ts';
import { keyOfMatter } from './refresh-page.ts';

interface About extends Pick<Opening, 'supplierId' | 'priority' | 'why' | 'actor'> {
	/** The Alert that the page shows. */
	alert: ChangedAlert;
	/** The Alerts of the matter. */
	alertIds: readonly bigint[];
	route: Route;
}

/** Returns the page; `null`: the Alert is gone, or its matter has a page that is not resolved. */
export async function openAboutAlert(
	client: pg.ClientBase,
	{ supplierId, alert, alertIds, route, priority, why, actor }: About,
	after: AfterCommit
): Promise<PageRow | null> {
	const { id: alertId, episodeId } = alert;
	const content = await readContent(client, { supplierId, alertId, episodeId, moreAlerts: 0 }, null);
	if (!content) return null;
	return openPage(
		client,
		{
			supplierId,
			content,
			subject: episodeId === null ? 'alert' : 'episode',
			subjectKey: keyOfMatter(alert),
			alertIds,
			alertId,
			episodeId,
			route: route.name,
			plan: planOf(route),
			quietHours: route.quietHours,
			priority,
			place: alert,
			why,
			actor
		},
		after
	);
}
