// Tests what a page says: the headline for a watch, the sentence, and the text of an update.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import { Relation, Tier } from '#lib/domain/alert.ts';
import { EpisodeKind } from '#lib/domain/episode-rule.ts';
import { ExplanationKind } from '#lib/domain/explanation-kind.ts';
import { contentOf, feedContent, testContent, toldKey, updateText } from '#lib/domain/on-call/message.ts';
import { PageContent } from '#lib/domain/on-call/page.ts';
import { aCandidate, anAlert, anEpisode, anExplainedAlert } from '../../support/paged.ts';
import { propertyRuns } from '../../support/property-runs.ts';

const nobodyDecided = { ignorable: 0, actionable: 0 };
const ofAlert = (alert: Alert, precedents = nobodyDecided, moreAlerts = 0) =>
	contentOf({ alert, episode: null, precedents, moreAlerts });
const ofEpisode = (episode = anEpisode(), alert: Alert | null = null) =>
	contentOf({ alert, episode, precedents: nobodyDecided, moreAlerts: 0 });

const tamper = anAlert({
	code: '81A1',
	name: 'Battery Cover Closed',
	category: 'tamper',
	explanation: 'not-command'
});

describe('the headline', () => {
	test.each<[string, Alert, string]>([
		['a suspect', anExplainedAlert(), '8F30 SW1: ED 6.5 41 s before, strong'],
		[
			'an own command',
			anExplainedAlert({
				candidates: [aCandidate({ own: true, userRole: 'IS', tier: 'exact' })],
				explanation: 'exact'
			}),
			'8F30 SW1: own IS 6.5 41 s before, exact'
		],
		['no command', tamper, '81A1 tamper, SW1: no command can cause it'],
		['no explanation', anAlert(), '8F30 SW1: no command explains it'],
		['incomplete audit data', anAlert({ explanation: 'pending' }), '8F30 SW1: no suspect yet'],
		[
			'several suspects',
			anAlert({ explanation: 'ambiguous', candidates: [aCandidate({ tier: 'weak' }), aCandidate()] }),
			'8F30 SW1: 2 suspects, best ED 6.5 weak'
		],
		['no area', anAlert({ area: null }), '8F30 …78-90-A0: no command explains it'],
		[
			'a contradicted decision',
			anAlert({ notice: 'Review the decision.' }),
			'8F30 SW1: recheck, now no command explains it'
		],
		[
			'a request without a role',
			anExplainedAlert({ candidates: [aCandidate({ userRole: '' })] }),
			'8F30 SW1: unknown role 6.5 41 s before, strong'
		],
		[
			'an Alert of a former Supplier',
			anAlert({ explanation: 'out-of-scope', forward: { urgent: true } }),
			'8F30 SW1: forward at once, not in your tenure'
		]
	])('of %s', (_, alert, headline) => {
		expect(ofAlert(alert).headline).toBe(headline);
	});

	test('of a storm, a campaign and a repeat', () => {
		expect(ofEpisode().headline).toBe('8F57 SW1, 50 Devices: no common cause');
		const suspect = { ...aCandidate(), name: 'Update Firmware' };
		const campaign = anEpisode({ kind: 'campaign', facts: { ...anEpisode().facts, suspect } });
		expect(ofEpisode(campaign).headline).toBe('8F57 SW1, 50 Devices: suspect ED 6.5');
		expect(ofEpisode(anEpisode(), anExplainedAlert({ code: '8F57' })).headline).toBe(
			'8F57 SW1, 50 Devices: ED 6.5 41 s before, strong'
		);
		expect(ofEpisode(anEpisode({ kind: 'repeat', devices: 1, members: 18 }), tamper).headline).toBe(
			'8F57 SW1, ×18: no command can cause it'
		);
	});

	test('never names the User', () => {
		expect(ofAlert(anExplainedAlert()).headline).not.toContain('North Grid');
	});
});

describe('the sentence', () => {
	test('says what happened, the suspect, how sure, what speaks against it, and what others decided', () => {
		expect(ofAlert(anExplainedAlert(), { ignorable: 48, actionable: 2 }).verdict).toBe(
			'8F30 Source Does not have Authority for Command on ESME …78-90-A0 in SW1 at 02:14 UTC on 28 Nov; ' +
				'suspect: North Grid (ED) 6.5 Update Device Configuration (Voltage), 41 s before the Alert, it failed (E65), strong; ' +
				'against it: 1 excluded (4.6.1: a read that succeeded (I0) changes nothing); ' +
				'others decided on this pattern: 48 of 50 ignorable, 2 actionable.'
		);
	});

	test('of a throttled Alert says "at least"', () => {
		expect(ofAlert(anAlert({ occurrences: 14, throttled: true })).verdict).toContain('at least 14 times');
		expect(ofEpisode().verdict).toContain('50 Alerts (at least 312 events) on 50 Devices since 02:14 UTC');
	});

	test('names only the role of a User whose name the disclosure policy withholds', () => {
		const { verdict } = ofAlert(anExplainedAlert({ candidates: [aCandidate({ userName: null })] }));
		expect(verdict).toContain('suspect: ED 6.5');
	});

	test('names the counter-reason of the suspect, the other candidates and the note', () => {
		const relayed = aCandidate({ reasons: [{ code: 'relayed', text: 'The DCC relays such commands.' }] });
		const alert = anExplainedAlert({
			candidates: [relayed, aCandidate()],
			excluded: [],
			notes: ['Activity before the start of your supply is not visible.']
		});
		expect(ofAlert(alert).verdict).toContain(
			'against it: the DCC relays such commands, 1 other candidate, activity before the start of your supply is not visible;'
		);
	});

	test('says when nothing speaks against the suspect, and that nobody has decided yet', () => {
		expect(ofAlert(anExplainedAlert({ excluded: [] })).verdict).toMatch(
			/; nothing speaks against it; nobody has decided such an Alert yet\.$/
		);
	});

	test('counts the Alerts that a flood folded in', () => {
		expect(ofAlert(anAlert(), nobodyDecided, 14).verdict).toContain('14 more Alerts of the same route');
	});

	test('of a fault of a feed and of a test page says what to do', () => {
		expect(feedContent('No Alerts from the keys of acme for 12 min.')).toMatchObject({
			headline: 'Feed fault: No Alerts from the keys of acme for 12 min',
			verdict:
				'Feed fault: No Alerts from the keys of acme for 12 min; Alerts may be missing, or may stay pending, until the feed is back.'
		});
		expect(testContent('Night desk').headline).toBe('Test page of the rota Night desk');
		expect(testContent('Night desk').verdict).toContain('acknowledge the page');
	});
});

describe('an update', () => {
	const pending = ofAlert(anAlert({ explanation: 'pending' }));
	const unexplained = ofAlert(anAlert());
	const explained = ofAlert(anExplainedAlert());
	const exact = ofAlert(
		anExplainedAlert({ explanation: 'exact', candidates: [aCandidate({ tier: 'exact' })] })
	);
	const another = ofAlert(anExplainedAlert({ candidates: [aCandidate({ userRole: 'IS' })] }));
	const onDevices = (devices: number) => ofEpisode(anEpisode({ devices }));

	test.each([
		[
			'a suspect is found',
			unexplained,
			explained,
			/^now explained: ED 6\.5 .*41 s before the Alert, strong$/
		],
		['the suspect becomes certain', explained, exact, /^now exact: ED 6\.5/],
		['the suspect changes', explained, another, /^other suspect now: IS 6\.5/],
		[
			'the suspect falls away',
			explained,
			unexplained,
			/^no longer explained: no command of any User explains it$/
		],
		['the audit data becomes complete', pending, unexplained, /^now: no command of any User explains it$/],
		['the episode grows', onDevices(12), onDevices(61), /^now on at least 50 Devices$/],
		['the episode shrinks', onDevices(500), onDevices(499), /^now on fewer than 500 Devices$/]
	])('is told when %s', (_, before, after, text) => {
		expect(toldKey(after)).not.toBe(toldKey(before));
		expect(updateText(before, after)).toMatch(text);
	});

	test.each([
		[
			'the delay, the notes and the count change',
			explained,
			ofAlert(anExplainedAlert({ occurrences: 9, notes: ['A note.'] }))
		],
		['some more Devices join', onDevices(51), onDevices(99)]
	])('is not told when only %s', (_, before, after) => {
		expect(toldKey(after)).toBe(toldKey(before));
		expect(updateText(before, after)).toBe('');
	});
});

describe('for any Alert and episode', () => {
	const text = (maxLength: number) =>
		fc.string({ unit: 'binary', maxLength }).filter((value) => !/null|undefined/.test(value));
	const tier = fc.constantFrom(...Tier.options);
	const role = fc.oneof(fc.constantFrom('ED', 'IS', ''), text(24));
	const variant = fc.constantFrom('6.5', '6.15.1', '123.123.123.123');
	const candidate = fc
		.record({
			serviceReferenceVariant: variant,
			name: text(90),
			userRole: role,
			userName: fc.option(text(60)),
			own: fc.boolean(),
			tier,
			relation: fc.constantFrom(...Relation.options),
			deltaSeconds: fc.integer({ min: -1e6, max: 1e7 }),
			responseCode: fc.option(fc.constantFrom('I0', 'E21', 'E65')),
			reasons: fc.array(fc.record({ code: fc.constantFrom('relayed', 'time'), text: text(200) }), {
				maxLength: 2
			})
		})
		.map(aCandidate);
	const excluded = fc.record({
		requestId: fc.constant('90-B3-D5-1F-30-01-00-03:00-DB-12-34-56-78-90-A0:7'),
		serviceReferenceVariant: variant,
		userRole: role,
		userName: fc.option(text(60)),
		reason: fc.constant('outside-window'),
		text: text(200)
	});
	const alert = fc
		.record({
			code: fc.constantFrom('8F30', 'N24', 'AD1', 'ABCDEFGH'),
			name: text(120),
			category: text(40),
			area: fc.option(text(16)),
			deviceType: fc.option(fc.constantFrom('ESME', 'GSME')),
			occurrences: fc.integer({ min: 1, max: 4_294_967_295 }),
			throttled: fc.boolean(),
			explanation: fc.constantFrom(...ExplanationKind.options),
			notes: fc.array(text(200), { maxLength: 3 }),
			notice: fc.option(text(200)),
			forward: fc.option(fc.record({ urgent: fc.boolean() })),
			candidates: fc.array(candidate, { maxLength: 5 }),
			excluded: fc.array(excluded, { maxLength: 12 })
		})
		.map(anAlert);
	const episode = fc
		.record({
			kind: fc.constantFrom(...EpisodeKind.options),
			title: text(300),
			area: fc.option(text(16)),
			model: fc.option(text(60)),
			members: fc.integer({ min: 1, max: 1e7 }),
			devices: fc.integer({ min: 1, max: 1e7 }),
			occurrences: fc.integer({ min: 1, max: 4_294_967_295 }),
			atLeast: fc.boolean(),
			suspect: fc.option(candidate)
		})
		.map(({ area, model, suspect, ...fields }) =>
			anEpisode({ ...fields, facts: { ...anEpisode().facts, code: 'ABCDEFGH', area, model, suspect } })
		);
	const matter = fc
		.record({
			alert: fc.option(alert),
			episode: fc.option(episode),
			precedents: fc.record({ ignorable: fc.nat(), actionable: fc.nat() }),
			moreAlerts: fc.nat()
		})
		.filter(({ alert, episode }) => alert !== null || episode !== null);

	test('the headline has the code in at most 60 characters, and the sentence is one short line', () => {
		fc.assert(
			fc.property(matter, (given) => {
				const content = PageContent.parse(contentOf(given));
				const { headline, verdict } = content;
				expect(headline.length).toBeLessThanOrEqual(60);
				expect(headline).toContain(given.episode?.facts.code ?? given.alert!.code);
				expect(verdict.length).toBeLessThan(600);
				expect(`${headline}${verdict}`).not.toMatch(/[\p{Cc}\u2028\u2029]|undefined|null/u);
				expect(`${headline}${verdict}`.isWellFormed()).toBe(true);
			}),
			{ numRuns: propertyRuns }
		);
	});

	test('an update has a text exactly when people must be told again', () => {
		fc.assert(
			fc.property(matter, matter, (first, second) => {
				const [before, after] = [contentOf(first), contentOf(second)];
				expect(updateText(before, after) !== '').toBe(toldKey(before) !== toldKey(after));
				expect(updateText(before, after)).not.toMatch(/[\p{Cc}]|undefined|null/u);
			}),
			{ numRuns: propertyRuns }
		);
	});
});
