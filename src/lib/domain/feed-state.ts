// Defines the state of the feeds: when records last arrived and how far the audit data is complete. A feed that has
// stopped must not look like a calm night.
import { z } from 'zod';
import { CompletenessSources } from './completeness.ts';
import { formatSeconds } from './wording.ts';

export const FEED_KINDS = ['device', 'service-request', 'alert'] as const;
export type FeedKind = (typeof FEED_KINDS)[number];

export const FEED_WORDS: Readonly<Record<FeedKind, string>> = {
	device: 'Devices',
	'service-request': 'Service Requests',
	alert: 'Alerts'
};

/** When records of one kind last arrived from the keys of one owner. */
export const HeardFeed = z
	.object({
		kind: z.enum(FEED_KINDS),
		/** The slug of the Supplier whose keys sent the records. `null`: keys of the installation sent them. */
		supplier: z.string().nullable(),
		lastAt: z.string(),
		/** The feed counts as silent after this time. `null`: nothing tells how often its records come. */
		silentAfterSeconds: z.number().nullable()
	})
	.meta({ id: 'HeardFeed' });
export type HeardFeed = z.infer<typeof HeardFeed>;

const FeedFacts = z.object({
	feeds: z.array(HeardFeed),
	completeness: CompletenessSources,
	/** A source of audit data may be silent for this time, and its mark may lie so far back (`FEED_SILENT_MINUTES`). */
	silentAfterSeconds: z.number()
});
export type FeedFacts = z.infer<typeof FeedFacts>;

/** The feeds as the API shows them. `warnings`: what is wrong at present, in words. */
export const Feeds = FeedFacts.extend({ warnings: z.array(z.string()) }).meta({ id: 'Feeds' });
export type Feeds = z.infer<typeof Feeds>;

/**
 * Returns how long a feed may be silent: at least `leastSeconds`, and twice its longest recent gap, so that a batch once
 * a day is no alarm. `null`: the feed has no usual gap. An inventory changes seldom, so that Devices never count as
 * silent.
 */
export function silentAfter(
	kind: FeedKind,
	longestGapSeconds: number | null,
	leastSeconds: number
): number | null {
	if (kind === 'device' || longestGapSeconds === null) return null;
	return Math.max(leastSeconds, Math.ceil(2 * longestGapSeconds));
}

export const NO_SOURCE = 'No completeness source: nothing can be called unexplained';

const secondsSince = (iso: string, now: number): number => (now - Date.parse(iso)) / 1000;
const owner = (supplier: string | null): string => (supplier === null ? 'the installation' : supplier);

/** A source or a feed that has stopped or is behind. `key` stays the same while the fault lasts. */
export interface FeedFault {
	key: string;
	text: string;
}

/** Returns a fault for each source and each feed that has stopped or is too far behind at `now` (epoch ms). */
export function feedFaults({ feeds, completeness, silentAfterSeconds }: FeedFacts, now: number): FeedFault[] {
	const sources = completeness.items.flatMap(({ source, supplier, completeUntil, reportedAt }) => {
		const name = `The completeness source ${source} of ${owner(supplier)}`;
		const fault = (text: string): FeedFault[] => [
			{ key: `source ${source} ${supplier ?? '*'}`, text: `${name} ${text}` }
		];
		if (completeUntil === null || reportedAt === null) return fault('has never reported.');
		const silent = secondsSince(reportedAt, now);
		if (silent > silentAfterSeconds) return fault(`has not reported for ${formatSeconds(silent)}.`);
		const lag = secondsSince(completeUntil, now);
		return lag > silentAfterSeconds ? fault(`is ${formatSeconds(lag)} behind.`) : [];
	});
	const silences = feeds.flatMap(({ kind, supplier, lastAt, silentAfterSeconds: limit }): FeedFault[] => {
		const silent = secondsSince(lastAt, now);
		if (limit === null || silent <= limit) return [];
		const from = `from ${supplier === null ? 'the feed of the installation' : `the keys of ${supplier}`}`;
		const text = `No ${FEED_WORDS[kind]} ${from} for ${formatSeconds(silent)}.`;
		return [{ key: `${kind} ${supplier ?? '*'}`, text }];
	});
	return [...sources, ...silences];
}

/** Returns a sentence for each fault of the feeds at `now` (epoch ms). */
export const feedWarnings = (facts: FeedFacts, now: number): string[] =>
	feedFaults(facts, now).map(({ text }) => text);

/** Returns when the last record of a kind arrived (RFC 3339), whoever sent it; `null`: none has arrived. */
export function lastHeard({ feeds }: Pick<Feeds, 'feeds'>, kind: FeedKind): string | null {
	const times = feeds.filter((feed) => feed.kind === kind).map(({ lastAt }) => lastAt);
	return times.reduce<string | null>((last, at) => (last === null || at > last ? at : last), null);
}

/** Returns when a source of audit data last reported (RFC 3339); `null`: none has. */
export function lastReport({ completeness }: Pick<Feeds, 'completeness'>): string | null {
	const times = completeness.items.flatMap(({ reportedAt }) => reportedAt ?? []);
	return times.sort().at(-1) ?? null;
}
