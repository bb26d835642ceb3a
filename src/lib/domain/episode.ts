// Defines an episode as one Supplier reads it: Alerts that are one matter and take one decision. The rule that makes
// episodes is in episode-rule.ts.
import { z } from 'zod';
import { Alert } from './alert.ts';
import { Decision, DecisionFields, checkReason } from './decision.ts';
import { EpisodeKind, type KeyName } from './episode-rule.ts';
import { RecordId, RowVersion } from './record-id.ts';

/**
 * The facts of an episode, which come from its first Alert. `area`, `model` and `firmware` are `null` where the members
 * need not share them.
 */
export const EpisodeFacts = z.object({
	code: z.string(),
	name: z.string(),
	deviceId: z.string(),
	hubId: z.string().nullable(),
	area: z.string().nullable(),
	model: z.string().nullable(),
	firmware: z.string().nullable(),
	suspect: z
		.object({
			serviceReferenceVariant: z.string(),
			name: z.string(),
			userRole: z.string(),
			userName: z.string().nullable(),
			own: z.boolean()
		})
		.nullable()
});
export type EpisodeFacts = z.infer<typeof EpisodeFacts>;

/** An episode as one Supplier reads it. */
export const Episode = z
	.object({
		id: z.string(),
		kind: EpisodeKind,
		title: z.string(),
		facts: EpisodeFacts,
		firstAt: z.string(),
		lastAt: z.string(),
		/**
		 * The number of Alerts in the episode. `devices` counts the Devices of these Alerts, `occurrences` the events
		 * that the Alerts stand for.
		 */
		members: z.number().int(),
		devices: z.number().int(),
		occurrences: z.number().int(),
		/** Whether `occurrences` is a lower bound, because the DCC may have throttled Alerts. */
		atLeast: z.boolean(),
		/** The number of members that wait for a decision. */
		open: z.number().int(),
		/** The numbers of members that are decided by each verdict, also those that wait because of newer evidence. */
		decided: z.object({ actionable: z.number().int(), ignorable: z.number().int() }),
		/** The priority of the most urgent member. */
		priority: z.number().int(),
		version: z.number().int(),
		/**
		 * The last decision on the whole episode. The decision does not cover members that joined later. `null`: nobody
		 * has decided the episode.
		 */
		decision: Decision.nullable()
	})
	.meta({ id: 'Episode' });
export type Episode = z.infer<typeof Episode>;

/** An episode without the numbers of its open and decided members, which are dear to count. */
export type EpisodeFigures = Omit<Episode, 'open' | 'decided'>;

/** One episode. `outside`: the number of similar Alerts of the same time that lack the cause of the episode. */
export const EpisodeDetail = Episode.extend({ outside: z.number().int() }).meta({ id: 'EpisodeDetail' });
export type EpisodeDetail = z.infer<typeof EpisodeDetail>;

/**
 * The similar Alerts of the same time that lack the cause of an episode: the newest of these Alerts, and their total
 * number.
 */
export const OutsideEpisode = z
	.object({
		items: z.array(Alert),
		total: z.number().int(),
		/**
		 * Why the similar Alerts are outside the episode. `null` if this kind of episode leaves no similar Alerts
		 * outside.
		 */
		why: z.string().nullable()
	})
	.meta({ id: 'OutsideEpisode' });
export type OutsideEpisode = z.infer<typeof OutsideEpisode>;

/** The facts of place that the members of an episode need not share, by the name of its key. */
const NOT_SHARED: Record<KeyName, ReadonlyArray<'area' | 'model' | 'firmware'>> = {
	campaign: ['area'],
	image: ['area', 'model', 'firmware'],
	home: ['model', 'firmware'],
	area: ['model', 'firmware'],
	model: ['area'],
	repeat: []
};

/** Returns the facts of the first Alert without those that other members of the episode may lack. */
export function sharedFacts(name: KeyName, facts: EpisodeFacts): EpisodeFacts {
	const unknown = NOT_SHARED[name].map((field) => [field, null]);
	return { ...facts, ...Object.fromEntries(unknown) };
}

/**
 * Says why similar Alerts are outside an episode. `sharesRequest`: the members share a User and an SRV. `doubtful`: the
 * request of the members is a candidate of one of the similar Alerts.
 */
export function whyOutside(sharesRequest: boolean, doubtful: boolean): string {
	if (!sharesRequest)
		return 'These Alerts name another firmware image or none, or belong to another episode.';
	const notSent = 'The request that explains the members was not sent to these Devices';
	return doubtful ? `${notSent}, or it does not explain their Alerts.` : `${notSent}.`;
}

export const EpisodePage = z.object({ items: z.array(Episode), nextCursor: z.string().nullable() });
export type EpisodePage = z.infer<typeof EpisodePage>;

/**
 * One decision for the members that the person saw. `version` is the version of the episode that the person saw;
 * members that joined later stay undecided.
 */
export const EpisodeDecisionIn = z
	.object({
		episode: RecordId,
		version: RowVersion,
		...DecisionFields
	})
	.superRefine(checkReason);

/** Returns the title of an episode in one line. `devices`: the number of Devices. */
export function episodeTitle(kind: EpisodeKind, facts: EpisodeFacts, devices: number): string {
	const alert = `${facts.code} ${facts.name}`;
	const cause = facts.suspect && describeSuspect(facts.suspect);
	const on = `${devices.toLocaleString('en-GB')} ${devices === 1 ? 'Device' : 'Devices'}`;
	const model = [facts.model, facts.firmware].filter(Boolean).join(' ');
	switch (kind) {
		case 'campaign':
			return `${alert}${cause ? ` after ${cause}` : ''}${model ? `, ${on} of ${model}` : `, one firmware image on ${on}`}`;
		case 'home':
			return `One home after ${cause ?? 'one User'}, first Alert ${alert}`;
		case 'storm':
			return `${alert} on ${on}${facts.area ? ` around ${facts.area}` : ` of ${model}`}, no common cause found`;
		case 'repeat':
			return `${alert}, repeated on one Device`;
	}
}

const describeSuspect = (s: NonNullable<EpisodeFacts['suspect']>): string =>
	`${s.own ? 'your own' : `${s.userName ?? 'another User'} (${s.userRole})`} ${s.serviceReferenceVariant} ${s.name}`;
