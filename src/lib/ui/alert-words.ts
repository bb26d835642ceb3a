// Names the parts of an Alert in the language in use: explanation, tier, verdict and reason, and the kind of its episode.
import type { Tier } from '#lib/domain/alert.ts';
import type { Decision, Verdict } from '#lib/domain/decision.ts';
import type { EpisodeKind } from '#lib/domain/episode-rule.ts';
import type { ExplanationKind } from '#lib/domain/explanation-kind.ts';
import type { FeedKind } from '#lib/domain/feed-state.ts';
import { formatSeconds } from '#lib/domain/wording.ts';
import * as messages from '#messages/alert.ts';
import * as common from '#messages/common.ts';

const EXPLANATIONS: Record<ExplanationKind, () => string> = {
	exact: messages.explanation_exact,
	likely: messages.explanation_likely,
	ambiguous: messages.explanation_ambiguous,
	pending: messages.explanation_pending,
	unexplained: messages.explanation_unexplained,
	'not-command': messages.explanation_not_command,
	'out-of-scope': messages.explanation_out_of_scope
};
export const explanationName = (kind: ExplanationKind): string => EXPLANATIONS[kind]();

const TIERS: Record<Tier, () => string> = {
	exact: messages.tier_exact,
	strong: messages.tier_strong,
	weak: messages.tier_weak
};
/** Names a tier inside a sentence: `strong`. */
export const tierName = (tier: Tier): string => TIERS[tier]();

const TIER_TITLES: Record<Tier, () => string> = {
	exact: messages.tier_exact_title,
	strong: messages.tier_strong_title,
	weak: messages.tier_weak_title
};
/** Names a tier where it stands alone: `Strong`. */
export const tierTitle = (tier: Tier): string => TIER_TITLES[tier]();

/** Says how long before or after the Alert a request was. */
export const delayFromAlert = (deltaSeconds: number): string =>
	(deltaSeconds >= 0 ? messages.delay_before : messages.delay_after)({ delay: formatSeconds(deltaSeconds) });

const VERDICTS: Record<Verdict, () => string> = {
	actionable: messages.verdict_actionable,
	ignorable: messages.verdict_ignorable
};
export const verdictName = (verdict: Verdict): string => VERDICTS[verdict]();

const REASONS: Record<string, () => string> = {
	'other-user-command': messages.reason_other_user_command,
	'own-command': messages.reason_own_command,
	'known-incident': messages.reason_known_incident,
	repeat: messages.reason_repeat,
	install: messages.reason_install,
	'out-of-tenure': messages.reason_out_of_tenure,
	information: messages.reason_information,
	'unknown-code': messages.reason_unknown_code,
	other: messages.reason_other,
	'no-command': messages.reason_no_command,
	'unexpected-user': messages.reason_unexpected_user,
	'supply-safety': messages.reason_supply_safety,
	tamper: messages.reason_tamper,
	credential: messages.reason_credential,
	firmware: messages.reason_firmware,
	'dcc-incident': messages.reason_dcc_incident,
	visit: messages.reason_visit
};
/** Names the reason of a decision. A reason code that is not in the list is written as it is. */
export const reasonName = ({ reason }: Pick<Decision, 'reason'>): string => REASONS[reason]?.() ?? reason;

const EPISODES: Record<EpisodeKind, () => string> = {
	campaign: messages.episode_campaign,
	home: messages.episode_home,
	storm: messages.episode_storm,
	repeat: messages.episode_repeat
};
/** Names the kind of an episode: `Campaign`. */
export const episodeKindName = (kind: EpisodeKind): string => EPISODES[kind]();

const FEEDS: Record<FeedKind, () => string> = {
	device: common.devices,
	'service-request': common.service_requests,
	alert: common.alerts
};
/** Names the records of a feed: `Service Requests`. */
export const feedName = (kind: FeedKind): string => FEEDS[kind]();
