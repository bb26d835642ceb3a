// Loads the standing decisions, and the rule that "Always like this" proposes from the facts of an Alert or an episode.
import { whyNot } from '#lib/domain/access.ts';
import type { Alert } from '#lib/domain/alert.ts';
import { causeTable } from '#lib/domain/cause-table/cause-table.ts';
import { RecordId } from '#lib/domain/record-id.ts';
import { alwaysLikeThese } from '#lib/domain/standing-decision/fit.ts';
import { MAX_DAYS, whyNeverCovered, type StandingWhen } from '#lib/domain/standing-decision/rule.ts';
import { inReadingOrder } from '#lib/ui/standing-words.ts';
import * as common from '#messages/common.ts';
import * as messages from '#messages/standing.ts';
import { supplierOf } from '../viewer-supplier.ts';
import type { PageServerLoad } from './$types';

const MAX_MEMBERS = 500;

/** What a rule is made of: an Alert, by its code and name, or the Alerts of an episode. */
type Subject = { alert: string } | { alerts: number };
/** A rule to propose, or why no rule can be made of these Alerts. `detail`: more of it, as the domain words it. */
type Proposal = { when: StandingWhen; subject: Subject; from: string } | { refused: string; detail?: string };

export const load: PageServerLoad = async ({ locals, url, depends }) => {
	depends('causeway:standing');
	const { services, viewer } = locals;
	const supplierId = supplierOf(viewer);
	const items = await services.standingDecisions.list(supplierId, null);
	return {
		items: inReadingOrder(items),
		proposal: await proposal(),
		maxDays: MAX_DAYS,
		whyNotManage: whyNot('manage', { ...viewer!, scopes: [] })
	};

	async function proposal(): Promise<Proposal | null> {
		const [from, episode] = ['from', 'episode'].map((name) => url.searchParams.get(name));
		if (from) {
			const alert = RecordId.safeParse(from).success ? await services.alerts.one(supplierId, from) : null;
			return alert
				? proposalOf([alert], { alert: `${alert.code} ${alert.name}` }, from)
				: { refused: common.alert_not_in_list() };
		}
		if (!episode) return null;
		const members = RecordId.safeParse(episode).success
			? (await services.alerts.page(supplierId, { episode, limit: MAX_MEMBERS })).items
			: [];
		return members.length > 0
			? proposalOf(members, { alerts: members.length }, episode)
			: { refused: common.episode_gone() };
	}
};

/** Makes a rule of the facts that all the Alerts share. `from`: the id of the Alert or of the episode. */
function proposalOf(alerts: readonly Alert[], subject: Subject, from: string): Proposal {
	const when = alwaysLikeThese(alerts, causeTable);
	if (when) return { when, subject, from };
	for (const alert of alerts) {
		const never = whyNeverCovered(alert, causeTable);
		if (never) return { refused: messages.never_covered(), detail: `${never}.` };
	}
	return { refused: alerts.length === 1 ? messages.not_settled() : messages.alerts_differ() };
}
