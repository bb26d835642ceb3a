// Tests that every text of the product's tables, and every text that correlation writes, is made of short full sentences.
import { describe, expect, it } from 'vitest';
import { dccAlertTable, deviceAlertTable } from '#lib/domain/alert-code.ts';
import { causeTable, shippedFile } from '#lib/domain/cause-table/cause-table.ts';
import { contradictionOf, withdrawnNotice } from '#lib/domain/contradiction.ts';
import type { Explanation } from '#lib/domain/correlation/correlate.ts';
import { outcomeSentence } from '#lib/domain/correlation/command-outcome.ts';
import { variantTable } from '#lib/domain/service-reference-variant.ts';
import { explainTerm } from '#lib/domain/term-text.ts';
import { Role } from '#lib/domain/cause-table/cause-table.ts';
import {
	commandReference,
	consumerService,
	electricityMeter,
	explain,
	gasMeter,
	gasSupplier,
	hub,
	networkOperator,
	NOON,
	ourUser,
	request,
	SECOND_MS,
	storedCommand,
	supplierAgent
} from '../support/evidence.ts';
import { contentOf } from '#lib/domain/on-call/message.ts';
import { anAlert, anEpisode, anExplainedAlert } from '../support/paged.ts';

const MOST_WORDS = 25;
/** Verbs that a sentence of these texts may have. A new verb joins the list; a fragment has none. */
const VERB =
	/\b(is|are|was|were|be|has|have|had|do|does|did|can|could|may|must|treat|check|tell|raise|look|read|send|sends|sent|note|stop|start|follow|pass|ask|rely|update|see|use|act|find|decide|decided|review|forward|goes|came|come|reports?|names?|knows?|means?|fits?|changes?|reads|carried|receives?|receive|answers?|refused|replaces?|keeps?|puts?|sells|buys|runs|works|switches|measures|shows|gives|takes|reached|needs?|waits|happened|discards|used|armed|succeeded|failed|holds?|relays|restarts|removed|gaining|moved|pressed|typed|crosses|concerns|controls|touched|manages|explains?|contradicts|ended|belongs|expects|lists?|acts|left|reached|rewrites|joins|rejoined|joined|made|limited|verified|cleared|fetch|stands|allowed|arrived|precede|limited|supports?|lost|want|sets|confirmed|differs|started|changed|deliver|succeed|causes|added|caused|only acknowledges|passed|stopped|carries|tests|stopped|passed|carries|fail|fails|begins|shares|swapped|confirm|stored)\b/i;

const sentencesOf = (text: string): string[] => text.split(/(?<=[.!?])\s+(?=[A-Z0-9])/);

/** Returns why a text is not made of short full sentences; an empty list: it is. */
function faultsOf(text: string): string[] {
	if (/with nothing/i.test(text)) return [`"${text}" has a fragment`];
	return sentencesOf(text).flatMap((sentence) => {
		const faults = [];
		if (!/^[A-Z0-9]/.test(sentence)) faults.push('does not begin with a capital letter or a code');
		if (!sentence.endsWith('.')) faults.push('does not end with a full stop');
		if (!VERB.test(sentence)) faults.push('has no verb');
		if (sentence.split(/\s+/).length > MOST_WORDS) faults.push(`has more than ${MOST_WORDS} words`);
		return faults.map((fault) => `"${sentence}" ${fault}`);
	});
}

const faultsOfAll = (texts: Iterable<string>): string[] => [...new Set(texts)].flatMap(faultsOf);

const users = [ourUser, gasSupplier, networkOperator, consumerService, supplierAgent];

/** Every explanation of every Alert code with requests of several SRVs, Users, Devices and answers near it. */
function explanations(): Explanation[] {
	const codes = [...deviceAlertTable.codes.map(({ code }) => code), '8FFF'];
	return codes.flatMap((code) => {
		const listed = causeTable.entries.get(code)?.causes.flatMap(({ variants }) => variants.slice(0, 2)) ?? [];
		const requests = [...new Set([...listed, '6.5', '4.6.1', '9.99'])].flatMap((variant, i) =>
			users.flatMap((user, u) =>
				([null, 'I0', 'E21', 'E4', 'E65'] as const).map((answer, a) =>
					request(user, variant, 5 + i * 900 + u * 30, {
						deviceId: [electricityMeter, hub, gasMeter][(i + u + a) % 3]!,
						responseCode: answer,
						respondedAt: answer === null ? null : NOON - (3 + i * 900) * SECOND_MS,
						counter: String(1 + i * 100 + u * 10 + a),
						userName: u % 2 === 0 ? 'North Grid' : null
					})
				)
			)
		);
		return [
			explain(requests, { code }),
			explain(requests.slice(0, 1), { code, clockStatus: 'invalid', throttledCount: 40 }),
			explain([], { code }),
			explain([], { code }, { completeUntil: null }),
			explain(requests, { code }, { completeUntil: null }),
			explain(requests, { code, deviceId: '88-73-84-57-00-10-00-09' })
		];
	});
}

describe('the texts of the product', () => {
	it('say in sentences what the cause table advises, and why', () => {
		const { entries, notCommand } = shippedFile;
		const texts = [
			...entries.flatMap(({ guidance }) => guidance ?? []),
			...entries.flatMap(({ causes }) => causes.map(({ mechanism }) => mechanism)),
			...notCommand.map(({ why }) => why)
		];
		expect(texts.length).toBeGreaterThan(300);
		expect(faultsOfAll(texts)).toEqual([]);
	});

	it('explain an Alert in sentences: summary, notes, reasons and exclusions', () => {
		const reference = commandReference({ originatorId: networkOperator, counter: '77' });
		const all = [
			...explanations(),
			explain([request(networkOperator, '6.5', 20, { counter: '77' })], { reference }),
			explain([], { reference }),
			explain([storedCommand(networkOperator, '6.5')], { code: '8F66', reference })
		];
		expect(new Set(all.map(({ kind }) => kind)).size).toBe(7);
		expect(
			faultsOfAll(
				all.flatMap(({ notes, candidates, excluded }) => [
					...notes,
					...candidates.flatMap(({ reasons }) => reasons.map(({ text }) => text)),
					...excluded.map(({ text }) => text)
				])
			)
		).toEqual([]);
		// The summary names a request with its SRV, sender and delay, so that it may be longer.
		for (const { summary } of all) expect(summary).toMatch(/^[A-Z0-9].*\.$/);
	});

	it('explain the terms of the trade in sentences', () => {
		const facts = (code: string) => ({
			entry: causeTable.entries.get(code),
			whyNotCommand: causeTable.notCommand.get(code) ?? null
		});
		const helps = [
			...[...deviceAlertTable.codes, ...dccAlertTable.codes].map(({ code }) =>
				explainTerm('alert-code', code, facts(code))
			),
			...variantTable.variants.map(({ code }) => explainTerm('srv', code, facts(''))),
			...Role.options.map((role) => explainTerm('role', role, facts(''))),
			...['I0', 'I99', 'E1', 'E21', 'E55'].map((code) => explainTerm('response-code', code, facts('')))
		];
		expect(faultsOfAll(helps.flatMap(({ sentences }) => sentences))).toEqual([]);
	});

	it('say in sentences how a command ended, in which state an Alert is, and what contradicts a decision', () => {
		const outcome = (state: 'waiting' | 'complete' | 'partly-failed' | 'incomplete') =>
			outcomeSentence({ expected: 6, confirmed: 5, failed: 1, state });
		const decision = { verdict: 'ignorable', reason: 'own-command', note: null, by: 'Kim', at: '' } as const;
		const notices = [
			contradictionOf(
				{ ...decision, basis: { explanation: 'likely', suspect: 'a' } },
				{ explanation: 'unexplained', suspect: null }
			),
			contradictionOf(
				{ ...decision, verdict: 'actionable', basis: { explanation: 'unexplained', suspect: null } },
				{ explanation: 'likely', suspect: 'a' }
			),
			contradictionOf(
				{ ...decision, basis: { explanation: 'likely', suspect: 'a' } },
				{ explanation: 'likely', suspect: 'b' }
			),
			withdrawnNotice(12)
		].map((notice) => notice ?? 'missing');
		expect(
			faultsOfAll([
				...(['waiting', 'complete', 'partly-failed', 'incomplete'] as const).map(outcome),
				...notices
			])
		).toEqual([]);
	});

	it('page the person on call without a fragment', () => {
		const none = { precedents: { ignorable: 0, actionable: 0 }, moreAlerts: 0 };
		for (const content of [
			contentOf({ alert: anAlert(), episode: null, ...none }),
			contentOf({ alert: anExplainedAlert(), episode: null, ...none }),
			contentOf({ alert: null, episode: anEpisode(), ...none })
		]) {
			expect(content.verdict).toMatch(/^[A-Z0-9].*\.$/);
			expect(content.verdict).not.toMatch(/with nothing|\.;|\.\)|\. ,/i);
		}
	});
});

describe('the rule of full sentences', () => {
	it.each(['With nothing: action.', 'security incident', 'Routine.', `${'word '.repeat(25)}is here.`])(
		'refuses "%s"',
		(text) => expect(faultsOf(text)).not.toEqual([])
	);
});
