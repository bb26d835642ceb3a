// Loads the standing decisions, and the rule that "Always like this" proposes from the facts of an Alert or an episode.
import { whyNot } from '#lib/domain/access.ts';
import type { Alert } from '#lib/domain/alert.ts';
import { causeTable } from '#lib/domain/cause-table/cause-table.ts';
import { RecordId } from '#lib/domain/record-id.ts';
import { alwaysLikeThese } from '#lib/domain/standing-decision/fit.ts';
import { MAX_DAYS, whyNeverCovered, type StandingWhen } from '#lib/domain/standing-decision/rule.ts';
import { inReadingOrder } from '#lib/ui/standing-words.ts';
import { supplierOf } from '../viewer-supplier.ts';
import type { PageServerLoad } from './$types';

const MAX_MEMBERS = 500;

/** A rule to propose, or why no rule can be made of these Alerts. */
type Proposal = { when: StandingWhen; subject: string } | { refused: string };

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
				? proposalOf([alert], `Alert ${alert.code} ${alert.name}`)
				: { refused: 'This Alert is not in your list.' };
		}
		if (!episode) return null;
		const members = RecordId.safeParse(episode).success
			? (await services.alerts.page(supplierId, { episode, limit: MAX_MEMBERS })).items
			: [];
		return members.length > 0
			? proposalOf(members, `Episode of ${members.length} Alerts`)
			: { refused: 'This episode no longer exists.' };
	}
};

/** Makes a rule of the facts that all the Alerts share. */
function proposalOf(alerts: readonly Alert[], subject: string): Proposal {
	const when = alwaysLikeThese(alerts, causeTable);
	if (when) return { when, subject };
	for (const alert of alerts) {
		const never = whyNeverCovered(alert, causeTable);
		if (never) return { refused: `No standing decision covers this. ${never}.` };
	}
	return {
		refused:
			alerts.length === 1
				? 'The explanation of this Alert is not settled, so no rule can be made of it. Decide the Alert itself.'
				: 'The Alerts of this episode differ in code or explanation. Open one of them, and make a rule of it.'
	};
}
