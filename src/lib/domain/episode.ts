// Episodes: Alerts that are one matter take one decision. Which Alerts belong together is a pure rule over the set of
// them, so that the order of arrival cannot matter: each Alert has keys, the Alerts of one key that follow each other
// within its gap are a run, and a run that is large enough is an episode. Kinds of key are gone through in one order, and
// what has found its episode is no part of the runs that follow: an Alert belongs to the first of its keys that makes
// one, and an episode has its size of its own members. Alerts that lack the cause have other keys: they stay outside,
// and visible.
import { z } from 'zod';
import { Alert, type Candidate } from './alert.ts';
import { Decision, Verdict, checkReason } from './decision.ts';
import { namesSuspect, type ExplanationKind } from './explanation-kind.ts';

export const EpisodeKind = z.enum(['campaign', 'home', 'storm', 'repeat']);
export type EpisodeKind = z.infer<typeof EpisodeKind>;

const MINUTE = 60_000;

export interface Rule {
	kind: EpisodeKind;
	/** Members further apart than this are not one matter (ms). */
	gap: number;
	/** How many members, and how many different Devices, make an episode. */
	members: number;
	devices: number;
}

/** By the first part of a key. In the order in which they are gone through, and an Alert prefers them. */
export const EPISODE_RULES = {
	/** One User's Service Requests of one kind, on many Devices of one model and firmware. */
	campaign: { kind: 'campaign', gap: 60 * MINUTE, members: 5, devices: 5 },
	/** One firmware image, whoever sent it. */
	image: { kind: 'campaign', gap: 24 * 60 * MINUTE, members: 5, devices: 5 },
	/** One User's work on one home network. */
	home: { kind: 'home', gap: 30 * MINUTE, members: 2, devices: 1 },
	/** One code all over an area, or on one model and firmware, with no suspect. */
	area: { kind: 'storm', gap: 2 * MINUTE, members: 10, devices: 10 },
	model: { kind: 'storm', gap: 2 * MINUTE, members: 10, devices: 10 },
	/** One code again and again on one Device. */
	repeat: { kind: 'repeat', gap: 60 * MINUTE, members: 2, devices: 1 }
} as const satisfies Record<string, Rule>;
export type KeyName = keyof typeof EPISODE_RULES;
export const KEY_NAMES = Object.keys(EPISODE_RULES) as KeyName[];

/** What decides where an Alert belongs. */
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

/** The keys of an Alert, the preferred one first. */
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

/** Where an episode lies whose members are too many to be read: all between is its run. */
export interface Extent {
	episodeId: bigint;
	/** Epoch ms. */
	from: number;
	to: number;
}

export interface Run {
	members: Member[];
	extents: Extent[];
	from: number;
	to: number;
	/** Large enough to be an episode. */
	counts: boolean;
}

/** The runs of one key, oldest first. `members` in any order; an extent stands for those that it holds. */
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

/** Whether so many members on so many Devices are enough. */
export const makesEpisode = (rule: Rule, members: number, devices: number): boolean =>
	members >= rule.members && devices >= rule.devices;

function inTime(a: Member | Extent, b: Member | Extent): number {
	if ('at' in a && 'at' in b) return a.at - b.at || (a.alertId < b.alertId ? -1 : 1);
	return ('at' in a ? a.at : a.from) - ('at' in b ? b.at : b.from);
}

/** What its first Alert tells of an episode. */
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
		/** Alerts in it, on how many Devices, and how many events they stand for. */
		members: z.number().int(),
		devices: z.number().int(),
		occurrences: z.number().int(),
		/** The DCC may have throttled: `occurrences` is a least number. */
		atLeast: z.boolean(),
		/** Members that wait for a decision. */
		open: z.number().int(),
		/** The most urgent of its members. */
		priority: z.number().int(),
		version: z.number().int(),
		/** The last decision on the whole; members that came later are not in it. */
		decision: Decision.nullable()
	})
	.meta({ id: 'Episode' });
export type Episode = z.infer<typeof Episode>;

/** An episode alone: also how many Alerts look alike at the time and lack its cause. */
export const EpisodeDetail = Episode.extend({ outside: z.number().int() }).meta({ id: 'EpisodeDetail' });
export type EpisodeDetail = z.infer<typeof EpisodeDetail>;

/** The Alerts that look alike at the time and lack the cause of an episode: the newest, and how many there are. */
export const OutsideEpisode = z
	.object({
		items: z.array(Alert),
		total: z.number().int(),
		/** Why they are outside; `null` where nothing is outside by this kind of episode. */
		why: z.string().nullable()
	})
	.meta({ id: 'OutsideEpisode' });
export type OutsideEpisode = z.infer<typeof OutsideEpisode>;

/** What an Alert outside a campaign would have to hold among its candidates to share the members' request. */
export function sharedRequest(key: string): Pick<Candidate, 'userId' | 'serviceReferenceVariant'> | null {
	const [name, userId, serviceReferenceVariant] = key.split('|');
	return name === 'campaign' ? { userId: userId!, serviceReferenceVariant: serviceReferenceVariant! } : null;
}

/** Why Alerts that look alike are outside an episode. `doubtful`: the members' request stands beside one of them. */
export function whyOutside(key: string, doubtful: boolean): string {
	if (!sharedRequest(key))
		return 'Their Alerts name another firmware image or none, or belong to another episode.';
	const sent = 'The request that explains the members was not sent to these Devices';
	return doubtful ? `${sent}, or it does not explain their Alerts.` : `${sent}.`;
}

export const EpisodePage = z.object({ items: z.array(Episode), nextCursor: z.string().nullable() });
export type EpisodePage = z.infer<typeof EpisodePage>;

/** One decision for the members that the person saw: those of `version` and before. */
export const EpisodeDecisionIn = z
	.object({
		episode: z.string().regex(/^\d{1,18}$/, 'must be the id of an episode'),
		version: z.number().int().positive(),
		verdict: Verdict.nullable(),
		reason: z.string().trim().max(40).nullish(),
		note: z.string().trim().max(2000).nullish()
	})
	.superRefine(checkReason);

/** One line on what the matter is. */
export function episodeTitle(kind: EpisodeKind, facts: EpisodeFacts, devices: number): string {
	const what = `${facts.code} ${facts.name}`;
	const cause = facts.suspect && describeSuspect(facts.suspect);
	const on = `${devices.toLocaleString('en-GB')} ${devices === 1 ? 'Device' : 'Devices'}`;
	const model = [facts.model, facts.firmware].filter(Boolean).join(' ');
	switch (kind) {
		case 'campaign':
			return cause ? `${what} after ${cause}, ${on} of ${model}` : `${what}, one image on ${on}`;
		case 'home':
			return `One home after ${cause ?? 'one User'}, beginning with ${what}`;
		case 'storm':
			return `${what} on ${on}${facts.area ? ` around ${facts.area}` : ` of ${model}`}, no common cause found`;
		case 'repeat':
			return `${what} again and again on one Device`;
	}
}

const describeSuspect = (s: NonNullable<EpisodeFacts['suspect']>): string =>
	`${s.own ? 'your own' : `${s.userName ?? 'another User'} (${s.userRole})`} ${s.serviceReferenceVariant} ${s.name}`;
