// Decides which Alerts form an episode: Alerts that are one matter and take one decision. The rule is a pure function
// of the set of Alerts, so the order of arrival cannot matter.
//
// Each Alert has keys, and each kind of key has a rule with a gap. Alerts with the same key form a run if each Alert
// follows the previous Alert within the gap. A large enough run is an episode. The kinds of key are processed in a
// fixed order, and an Alert in an episode takes no part in later runs. An Alert therefore belongs to the first of its
// keys that makes an episode. Only members count towards the size of an episode. Alerts that lack the cause of an
// episode have other keys, so these Alerts stay outside the episode and visible.
import { z } from 'zod';
import { Alert, type Candidate } from './alert.ts';
import { Decision, DecisionFields, checkReason } from './decision.ts';
import { namesSuspect, type ExplanationKind } from './explanation-kind.ts';
import { RecordId, RowVersion } from './record-id.ts';

export const EpisodeKind = z.enum(['campaign', 'home', 'storm', 'repeat']);
export type EpisodeKind = z.infer<typeof EpisodeKind>;

const MINUTE_MS = 60_000;

export interface Rule {
	kind: EpisodeKind;
	/** The longest time between two neighbouring members of an episode (ms). */
	gap: number;
	/** The smallest number of members in an episode. `devices` is the smallest number of different Devices. */
	members: number;
	devices: number;
}

/**
 * The rules by the name of a key, which is the first part of the key. The kinds of key are processed and preferred in
 * this order.
 */
export const EPISODE_RULES = {
	/**
	 * Groups Alerts whose suspects are one User's Service Requests of one SRV, on many Devices of one model and
	 * firmware.
	 */
	campaign: { kind: 'campaign', gap: 60 * MINUTE_MS, members: 5, devices: 5 },
	/** Groups Alerts that report one firmware image, whoever sent the image. */
	image: { kind: 'campaign', gap: 24 * 60 * MINUTE_MS, members: 5, devices: 5 },
	/** Groups Alerts whose suspects are one User's Service Requests to one home network. */
	home: { kind: 'home', gap: 30 * MINUTE_MS, members: 2, devices: 1 },
	/** Groups Alerts of one code without a suspect, in one area or on one model and firmware. */
	area: { kind: 'storm', gap: 2 * MINUTE_MS, members: 10, devices: 10 },
	model: { kind: 'storm', gap: 2 * MINUTE_MS, members: 10, devices: 10 },
	/** Groups repeated Alerts of one code on one Device. */
	repeat: { kind: 'repeat', gap: 60 * MINUTE_MS, members: 2, devices: 1 }
} as const satisfies Record<string, Rule>;
export type KeyName = keyof typeof EPISODE_RULES;
export const KEY_NAMES = Object.keys(EPISODE_RULES) as KeyName[];

/** The facts of an Alert that decide to which episode the Alert belongs. */
export interface GroupFacts {
	deviceId: string;
	hubId: string | null;
	area: string | null;
	model: string | null;
	firmware: string | null;
	imageHash: string | null;
	code: string;
	explanation: ExplanationKind;
	suspect: Pick<Candidate, 'userId' | 'serviceReferenceVariant'> | null;
}

/** Returns the keys of an Alert, the preferred key first. */
export function groupKeys(facts: GroupFacts): string[] {
	const { deviceId, hubId, area, model, firmware, imageHash, code, explanation, suspect } = facts;
	const keys: string[] = [];
	const key = (name: KeyName, ...parts: string[]) => keys.push([name, ...parts].join('|'));
	if (suspect && namesSuspect(explanation)) {
		if (model) key('campaign', suspect.userId, suspect.serviceReferenceVariant, code, model, firmware ?? '');
		if (imageHash) key('image', code, imageHash);
		key('home', hubId ?? deviceId, suspect.userId);
	} else if (explanation !== 'out-of-scope') {
		if (imageHash) key('image', code, imageHash);
		if (area) key('area', code, area);
		if (model) key('model', code, model, firmware ?? '');
	}
	key('repeat', deviceId, code);
	return keys;
}

export const nameOf = (key: string): KeyName => key.slice(0, key.indexOf('|')) as KeyName;
export const ruleOf = (key: string): Rule => EPISODE_RULES[nameOf(key)];

export interface Member {
	alertId: bigint;
	deviceId: string;
	/** The instant of the member Alert (epoch ms). */
	at: number;
}

/**
 * The time span of an episode that has too many members to read. Every Alert in the span with the key of the episode
 * belongs to the run of the episode.
 */
export interface Extent {
	episodeId: bigint;
	/** The start of the span (epoch ms). */
	from: number;
	to: number;
}

export interface Run {
	members: Member[];
	extents: Extent[];
	/** The start of the run (epoch ms). */
	from: number;
	to: number;
	/** Whether the run is large enough to be an episode. */
	counts: boolean;
}

/**
 * Returns the runs of one key, oldest run first. `members` may be in any order. An extent replaces the members of its
 * episode.
 */
export function runsOf(members: readonly Member[], rule: Rule, extents: readonly Extent[] = []): Run[] {
	const runs: Run[] = [];
	for (const part of [...extents, ...members].sort(inTime)) {
		const { from, to } = 'at' in part ? { from: part.at, to: part.at } : part;
		let run = runs.at(-1);
		if (!run || from - run.to > rule.gap)
			runs.push((run = { members: [], extents: [], from, to, counts: false }));
		run.to = Math.max(run.to, to);
		if ('at' in part) run.members.push(part);
		else run.extents.push(part);
	}
	for (const run of runs)
		run.counts =
			run.extents.length > 0 ||
			makesEpisode(rule, run.members.length, new Set(run.members.map((member) => member.deviceId)).size);
	return runs;
}

/** Returns whether this many members on this many Devices make an episode. */
export const makesEpisode = (rule: Rule, members: number, devices: number): boolean =>
	members >= rule.members && devices >= rule.devices;

function inTime(a: Member | Extent, b: Member | Extent): number {
	if ('at' in a && 'at' in b) return a.at - b.at || (a.alertId < b.alertId ? -1 : 1);
	return ('at' in a ? a.at : a.from) - ('at' in b ? b.at : b.from);
}

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
export function sharedFacts(key: string, facts: EpisodeFacts): EpisodeFacts {
	const unknown = NOT_SHARED[nameOf(key)].map((name) => [name, null]);
	return { ...facts, ...Object.fromEntries(unknown) };
}

/** Returns the User and the SRV that the members of a campaign share. Returns `null` for other kinds of key. */
export function sharedRequest(key: string): Pick<Candidate, 'userId' | 'serviceReferenceVariant'> | null {
	const [name, userId, serviceReferenceVariant] = key.split('|');
	return name === 'campaign' ? { userId: userId!, serviceReferenceVariant: serviceReferenceVariant! } : null;
}

/**
 * Says why similar Alerts are outside an episode. `doubtful`: the request of the members is a candidate of one of the
 * similar Alerts.
 */
export function whyOutside(key: string, doubtful: boolean): string {
	if (!sharedRequest(key))
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
