// Tests the help for terms: every known term has full sentences that say what the tables say.
import { describe, expect, it } from 'vitest';
import { dccAlertTable, deviceAlertTable } from '#lib/domain/alert-code.ts';
import { Role, readCauseTable, shippedFile } from '#lib/domain/cause-table/cause-table.ts';
import { variantTable } from '#lib/domain/service-reference-variant.ts';
import { explainTerm, type CauseFacts } from '#lib/domain/term-text.ts';
import type { TermHelp } from '#lib/domain/term.ts';

const shippedCauseTable = readCauseTable(shippedFile);
const NO_FACTS: CauseFacts = { entry: undefined, whyNotCommand: null };
const factsOf = (code: string): CauseFacts => ({
	entry: shippedCauseTable.entries.get(code),
	whyNotCommand: shippedCauseTable.notCommand.get(code) ?? null
});
const explainCode = (code: string): TermHelp => explainTerm('alert-code', code, factsOf(code));

const all: TermHelp[] = [
	...[...deviceAlertTable.codes, ...dccAlertTable.codes].map(({ code }) => explainCode(code)),
	...variantTable.variants.map(({ code }) => explainTerm('srv', code, NO_FACTS)),
	...Role.options.map((role) => explainTerm('role', role, NO_FACTS)),
	...['I0', 'I99', 'E1', 'E21', 'E55'].map((code) => explainTerm('response-code', code, NO_FACTS)),
	...['ESME', 'GSME', 'CHF', 'GPF', 'PPMID', 'HCALCS', 'SAPC', 'IHD', 'CAD'].map((type) =>
		explainTerm('device-type', type, NO_FACTS)
	)
];

describe('the help for a term', () => {
	it('has full sentences for every term that the tables list', () => {
		expect(all.length).toBeGreaterThan(300);
		for (const { term, title, known, sentences } of all) {
			expect([term, known, title !== '']).toEqual([term, true, true]);
			expect(sentences.length).toBeGreaterThan(0);
			for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z0-9].*\.$/);
		}
	});

	it('says of an Alert code what the cause table says', () => {
		const { sentences } = explainCode('8F30');
		expect(sentences[0]).toBe('8F30 is a Device Alert of the category "security".');
		expect(sentences.join(' ')).toMatch(/The cause table names \d+ SRVs, such as .* that can cause it\./);
		expect(sentences.at(-1)).toBe(shippedCauseTable.entries.get('8F30')!.guidance);
	});

	it('never says that a command can cause an Alert of a physical event', () => {
		const { sentences } = explainCode('8F35');
		expect(sentences).toContain(
			'No command can cause it. It reports a loss or a return of the mains supply.'
		);
		expect(sentences.join(' ')).not.toContain('The cause table names');
	});

	it('says of an SRV who may send it and what it does', () => {
		expect(explainTerm('srv', '6.5', NO_FACTS).sentences.slice(0, 2)).toEqual([
			'This Service Request changes something on a Device.',
			'Users in the role ED may send it.'
		]);
	});

	it('says of a response code what the outcome is', () => {
		expect(explainTerm('response-code', 'E1', NO_FACTS).title).toBe('Refused by the DCC');
		expect(explainTerm('response-code', 'I99', NO_FACTS).sentences).toHaveLength(2);
	});

	it('says that a term is not known', () => {
		for (const kind of ['role', 'srv', 'alert-code', 'device-type'] as const)
			expect(explainTerm(kind, 'constructor', NO_FACTS)).toMatchObject({ known: false });
	});
});
