// Sends a page to an Alertmanager (API v2) as one alert: firing while the page is open, resolved when the page is.
import { z } from 'zod';
import type { ChannelKind, Notice } from '../channel.ts';
import { outcomeOf } from '../http-outcome.ts';
import { WebAddress, addressForPeople } from '../web-address.ts';

/** Nobody sends a page again and again, as Prometheus does, so its alert must stay until the page is resolved. */
const OPEN_MS = 365 * 24 * 3_600_000;
/** The alert of a test disappears by itself. */
const TEST_MS = 60_000;
/** Alertmanager takes an alert for resolved if its end has passed by the clock of Alertmanager, which may be behind. */
const CLOCK_MS = 120_000;

const AlertmanagerSettings = z
	.object({
		kind: z.literal('alertmanager'),
		url: WebAddress.meta({
			title: 'Address',
			description: 'The address of Alertmanager, without /api/v2/alerts.',
			examples: ['http://alertmanager.example:9093']
		}),
		user: z.string().trim().min(1).max(200).optional().meta({
			title: 'User',
			description: 'The user of basic authentication. With a secret alone, the secret is a bearer token.'
		}),
		secret: z.string().min(1).max(2000).optional().meta({
			title: 'Password or token',
			description: 'The password of this user, or a bearer token.'
		})
	})
	.meta({ title: 'Alertmanager', description: 'Shows each page as an alert of a Prometheus Alertmanager.' });
type AlertmanagerSettings = z.infer<typeof AlertmanagerSettings>;

export const alertmanager: ChannelKind<AlertmanagerSettings> = {
	kind: 'alertmanager',
	settings: AlertmanagerSettings,
	secrets: ['secret'],
	secretsGoTo: ['url'],
	addresses: () => 'target',
	describe: ({ url }) => addressForPeople(url),
	async send(settings, notice, deps) {
		const address = new URL(settings.url);
		address.pathname = `${address.pathname.replace(/\/$/, '')}/api/v2/alerts`;
		const headers = { 'content-type': 'application/json', ...authorizationOf(settings) };
		const body = JSON.stringify([alertOf(notice, deps.now())]);
		return outcomeOf(await deps.post({ url: address.href, headers, body }));
	}
};

function authorizationOf({ user, secret }: AlertmanagerSettings): { authorization?: string } {
	if (user !== undefined)
		return { authorization: `Basic ${Buffer.from(`${user}:${secret ?? ''}`).toString('base64')}` };
	return secret === undefined ? {} : { authorization: `Bearer ${secret}` };
}

/**
 * Returns the alert. Alertmanager knows an alert by its labels, so they stay the same in all events of a page. All that
 * may change is an annotation.
 */
function alertOf(notice: Notice, now: Date) {
	const { page, content, answer, type, supplier } = notice;
	return {
		labels: labelsOf({
			alertname: type === 'test' ? 'CausewayTest' : 'CausewayPage',
			page: page.id,
			priority: String(page.priority),
			code: content.alert?.code,
			area: content.alert?.area,
			supplier: supplier.slug
		}),
		annotations: labelsOf({
			summary: content.headline,
			description: content.verdict,
			why: notice.why,
			url: notice.url,
			acknowledged: answer ? `${answer.by} at ${answer.at}` : undefined
		}),
		startsAt: page.openedAt,
		endsAt: new Date(endOf(notice, now)).toISOString(),
		generatorURL: notice.url
	};
}

function endOf({ type, page }: Notice, now: Date): number {
	if (type === 'test') return now.getTime() + TEST_MS;
	if (page.state !== 'resolved') return now.getTime() + OPEN_MS;
	return Math.max(Date.parse(page.openedAt), now.getTime() - CLOCK_MS);
}

/** Leaves out what is not known: to Alertmanager, an empty label is no label. */
const labelsOf = (labels: Record<string, string | null | undefined>): Record<string, string> =>
	Object.fromEntries(Object.entries(labels).filter((label): label is [string, string] => Boolean(label[1])));
