// Decides which Alerts form an episode: Alerts that are one matter and take one decision. The rule is a pure function of
// the set of Alerts, so the order of arrival cannot matter.
//
// Each Alert has keys. Alerts of one key that follow each other within the gap of the key's rule are a run. A large
// enough run is an episode. The kinds of key are processed in a fixed order, and an Alert that is in an episode takes no
// part in later runs. An Alert therefore belongs to the first of its keys that makes an episode, and only members count
// towards the size of an episode. Alerts without the cause have other keys: they stay outside, and visible.
import { z } from 'zod';
import { Alert, type Candidate } from './alert.ts';
import { Decision, Verdict, checkReason } from './decision.ts';
import { namesSuspect, type ExplanationKind } from './explanation-kind.ts';

export const EpisodeKind = z.enum(['campaign', 'home', 'storm', 'repeat']);
export type EpisodeKind = z.infer<typeof EpisodeKind>;

const MINUTE_MS = 60_000;

export interface Rule {
	kind: EpisodeKind;
	/** The longest time between two neighbouring members (ms). */
	gap: number;
	/** The smallest number of members, and of different Devices. */
	members: number;
	devices: number;
}

/** By the name of a key, which is its first part. The order is the order of processing and of preference. */
export const EPISODE_RULES = {
	/** One User's Service Requests of one SRV, on many Devices of one model and firmware. */
	campaign: { kind: 'campaign', gap: 60 * MINUTE_MS, members: 5, devices: 5 },
	/** One firmware image, from any sender. */
	image: { kind: 'campaign', gap: 24 * 60 * MINUTE_MS, members: 5, devices: 5 },
	/** One User's Service Requests to one home network. */
	home: { kind: 'home', gap: 30 * MINUTE_MS, members: 2, devices: 1 },
	/** One code in one area, or on one model and firmware, without a suspect. */
	area: { kind: 'storm', gap: 2 * MINUTE_MS, members: 10, devices: 10 },
	model: { kind: 'storm', gap: 2 * MINUTE_MS, members: 10, devices: 10 },
	/** One code, repeated on one Device. */
	repeat: { kind: 'repeat', gap: 60 * MINUTE_MS, members: 2, devices: 1 }
} as const satisfies Record<string, Rule>;
export type KeyName = keyof typeof EPISODE_RULES;
export const KEY_NAMES = Object.keys(EPISODE_RULES) as KeyName[];

/** The facts of an Alert that decide to which episode it belongs. */
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

/** The keys of an Alert, the preferred key first. */
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
	/** Epoch ms. */
	at: number;
}

/** The time span of an episode with too many members to read. Every Alert of its key in the span belongs to its run. */
export interface Extent {
	episodeId: bigint;
	/** Epoch ms. */
	from: number;
	to: number;
}

export interface Run {
	members: Member[];
	extents: Extent[];
	/** Epoch ms. */
	from: number;
	to: number;
	/** Whether the run is large enough to be an episode. */
	counts: boolean;
}

/** The runs of one key, oldest first. `members` in any order. An extent replaces the members of its episode. */
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

/** Whether this many members on this many Devices make an episode. */
export const makesEpisode = (rule: Rule, members: number, devices: number): boolean =>
	members >= rule.members && devices >= rule.devices;

function inTime(a: Member | Extent, b: Member | Extent): number {
	if ('at' in a && 'at' in b) return a.at - b.at || (a.alertId < b.alertId ? -1 : 1);
	return ('at' in a ? a.at : a.from) - ('at' in b ? b.at : b.from);
}

/** The facts of an episode, taken from its first Alert. */
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
		/** Numbers of Alerts in the episode, of their Devices, and of the events that the Alerts represent. */
		members: z.number().int(),
		devices: z.number().int(),
		occurrences: z.number().int(),
		/** The DCC may have throttled Alerts, so `occurrences` is a lower bound. */
		atLeast: z.boolean(),
		/** The number of members that wait for a decision. */
		open: z.number().int(),
		/** The priority of the most urgent member. */
		priority: z.number().int(),
		version: z.number().int(),
		/** The last decision on the whole episode. It does not cover members that joined later. */
		decision: Decision.nullable()
	})
	.meta({ id: 'Episode' });
export type Episode = z.infer<typeof Episode>;

/** One episode, with the number of similar Alerts of that time that lack its cause. */
export const EpisodeDetail = Episode.extend({ outside: z.number().int() }).meta({ id: 'EpisodeDetail' });
export type EpisodeDetail = z.infer<typeof EpisodeDetail>;

/** Similar Alerts of that time that lack the cause of an episode: the newest, and the total number. */
export const OutsideEpisode = z
	.object({
		items: z.array(Alert),
		total: z.number().int(),
		/** Why they are outside. `null` if this kind of episode leaves no similar Alerts outside. */
		why: z.string().nullable()
	})
	.meta({ id: 'OutsideEpisode' });
export type OutsideEpisode = z.infer<typeof OutsideEpisode>;

/** The request that the members of a campaign share: its User and SRV. `null` for other kinds of key. */
export function sharedRequest(key: string): Pick<Candidate, 'userId' | 'serviceReferenceVariant'> | null {
	const [name, userId, serviceReferenceVariant] = key.split('|');
	return name === 'campaign' ? { userId: userId!, serviceReferenceVariant: serviceReferenceVariant! } : null;
}

/** Why similar Alerts are outside an episode. `doubtful`: the members' request is a candidate of one of them. */
export function whyOutside(key: string, doubtful: boolean): string {
	if (!sharedRequest(key))
		return 'These Alerts name another firmware image or none, or belong to another episode.';
	const notSent = 'The request that explains the members was not sent to these Devices';
	return doubtful ? `${notSent}, or it does not explain their Alerts.` : `${notSent}.`;
}

export const EpisodePage = z.object({ items: z.array(Episode), nextCursor: z.string().nullable() });
export type EpisodePage = z.infer<typeof EpisodePage>;

/** One decision for the members that the person saw: those up to `version` of the episode. */
export const EpisodeDecisionIn = z
	.object({
		episode: z.string().regex(/^\d{1,18}$/, 'must be the id of an episode'),
		version: z.number().int().positive(),
		verdict: Verdict.nullable(),
		reason: z.string().trim().max(40).nullish(),
		note: z.string().trim().max(2000).nullish()
	})
	.superRefine(checkReason);

/** The title of an episode, one line. `devices`: the number of Devices. */
export function episodeTitle(kind: EpisodeKind, facts: EpisodeFacts, devices: number): string {
	const alert = `${facts.code} ${facts.name}`;
	const cause = facts.suspect && describeSuspect(facts.suspect);
	const on = `${devices.toLocaleString('en-GB')} ${devices === 1 ? 'Device' : 'Devices'}`;
	const model = [facts.model, facts.firmware].filter(Boolean).join(' ');
	switch (kind) {
		case 'campaign':
			return cause ? `${alert} after ${cause}, ${on} of ${model}` : `${alert}, one firmware image on ${on}`;
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
