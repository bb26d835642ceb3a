// Lists the kinds of channels. A new kind is a folder like webhook/, and a line here.
import type { ChannelKind } from './channel.ts';
import { alertmanager } from './alertmanager/alertmanager.ts';
import { email } from './email/email.ts';
import { pagerduty } from './pagerduty/pagerduty.ts';
import { slack } from './slack/slack.ts';
import { teams } from './teams/teams.ts';
import { webPushChannel } from './web-push/web-push.ts';
import { webhook } from './webhook/webhook.ts';

export const KINDS: readonly ChannelKind[] = [
	webPushChannel,
	email,
	webhook,
	pagerduty,
	alertmanager,
	slack,
	teams
];

export const kindOf = (kind: string): ChannelKind | undefined => KINDS.find((known) => known.kind === kind);
