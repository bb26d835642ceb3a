// Decides which Alerts form an episode: Alerts that are one matter and take one decision. The rule is a pure function
// of the set of Alerts, so the order of arrival cannot matter.
//
// Each Alert has keys, the preferred key first. The Alerts of one key form a run if each Alert follows the previous
// Alert within the gap of the key's rule. A run with enough members on enough Devices counts. An Alert is a member of
// the run of each of its keys, and belongs to the first of these runs that counts. The Alerts that belong to a run are an
// episode. An episode with fewer Alerts than its rule asks is not shown, because its other members prefer another run.
import { z } from 'zod';
import type { Candidate } from './alert.ts';
import { namesSuspect, type ExplanationKind } from './explanation-kind.ts';

export const EpisodeKind = z.enum(['campaign', 'home', 'storm', 'repeat']);
export type EpisodeKind = z.infer<typeof EpisodeKind>;

const MINUTE_MS = 60_000;

export interface Rule {
	kind: EpisodeKind;
	/** The longest time between two neighbouring members of a run (ms). */
	gap: number;
	/** The smallest number of members of a run that counts. `devices` is the smallest number of different Devices. */
	members: number;
	devices: number;
}

/**
 * The rules by the name of a key, which is the first part of the key. An Alert prefers its keys in this order. Stored keys
 * contain the place of their rule in this list, so a new rule goes to the end.
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

export interface Member {
	alertId: bigint;
	deviceId: string;
	/** The instant of the member Alert (epoch ms). */
	at: number;
}

export interface Run<M extends Member = Member> {
	/** The members, oldest first. */
	members: M[];
	/** The start of the run (epoch ms). */
	from: number;
	to: number;
	counts: boolean;
}

/** Returns the runs of one key, oldest run first. `members` may be in any order. */
export function runsOf<M extends Member>(members: readonly M[], rule: Rule): Array<Run<M>> {
	const runs: Array<Run<M>> = [];
	for (const member of [...members].sort(inTime)) {
		let run = runs.at(-1);
		if (!run || member.at - run.to > rule.gap)
			runs.push((run = { members: [], from: member.at, to: member.at, counts: false }));
		run.to = member.at;
		run.members.push(member);
	}
	for (const run of runs) run.counts = counts(rule, run.members);
	return runs;
}

const counts = (rule: Rule, members: readonly Member[]): boolean =>
	members.length >= rule.members && new Set(members.map(({ deviceId }) => deviceId)).size >= rule.devices;

const inTime = (a: Member, b: Member): number => a.at - b.at || (a.alertId < b.alertId ? -1 : 1);

/** An Alert as the rule sees it: a member with its keys, the preferred key first. */
export interface Grouped extends Member {
	keys: readonly string[];
}

export interface RuledEpisode {
	key: string;
	/** The Alerts that belong to the episode, oldest first. */
	alertIds: bigint[];
	/** Whether the episode has as many Alerts, on as many Devices, as its rule asks. Only such an episode is shown. */
	isShown: boolean;
}

/** Returns the episodes of these Alerts, in no particular order. `alerts` may be in any order. */
export function episodesOf(alerts: readonly Grouped[]): RuledEpisode[] {
	const byKey = new Map<string, Grouped[]>();
	for (const alert of alerts)
		for (const key of alert.keys) {
			const same = byKey.get(key);
			if (same) same.push(alert);
			else byKey.set(key, [alert]);
		}
	/** The run that counts, for each Alert and each of its keys. */
	const counting = new Map<Grouped, Map<string, Run<Grouped>>>(alerts.map((alert) => [alert, new Map()]));
	for (const [key, members] of byKey)
		for (const run of runsOf(members, EPISODE_RULES[nameOf(key)]))
			if (run.counts) for (const member of run.members) counting.get(member)!.set(key, run);
	const episodes = new Map<Run, { key: string; members: Grouped[] }>();
	for (const alert of [...alerts].sort(inTime)) {
		const key = alert.keys.find((one) => counting.get(alert)!.has(one));
		if (key === undefined) continue;
		const run = counting.get(alert)!.get(key)!;
		const episode = episodes.get(run);
		if (episode) episode.members.push(alert);
		else episodes.set(run, { key, members: [alert] });
	}
	return [...episodes.values()].map(({ key, members }) => ({
		key,
		alertIds: members.map(({ alertId }) => alertId),
		isShown: counts(EPISODE_RULES[nameOf(key)], members)
	}));
}
