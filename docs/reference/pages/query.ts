// Makes docs/reference/query.md from the fields and the grammar of the query box, and the parser from the grammar.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import peggy from 'peggy';
import { FIELDS, type Field } from '#lib/ui/alert-query/fields.ts';
import { code, codes, head, page, table } from './markdown.ts';

const grammar = (projectDir: string): string =>
	readFileSync(resolve(projectDir, 'src/lib/ui/alert-query/grammar.peggy'), 'utf8').trim();

/** Returns the parser that the console loads. */
export const queryParser = (projectDir: string): string =>
	peggy.generate(grammar(projectDir), { output: 'source', format: 'es' });

const takes = (field: Field): string => {
	switch (field.kind) {
		case 'values':
			return `values with commas; ${code('-')} leaves them out`;
		case 'age':
			return `${field.less ? codes(['>', '<']) : code('>')} and an age such as ${codes(['30m', '2h', '7d'])}`;
		case 'range':
			return `a number, or ${codes(['<=', '>='])} and a number`;
		case 'one':
			return field.options ? `one of ${codes(field.options)}` : 'one value';
	}
};

export function queryPage(projectDir: string): string {
	return page(
		head('The query box'),
		`The query box above the list of Alerts takes filters and words in any order. An Alert must pass all filters. Words are searched together, as they stand, in the code, the Device id, the name and the summary.`,
		`    code:8F3E,8F30 -role:own age:>2h area:"North East" tamper`,
		`- A value with a space or a comma stands in quotation marks, and so does a word that looks like a filter: ${code('"code:8F3E"')}. A backslash keeps a quotation mark inside: ${code('\\"')}.\n- Several values of one field let an Alert through that has one of them. ${code('-code:8F30')} lets through what does not have the value.\n- Each filter is a parameter of the address, with the name that [the API](api.md) uses. The address and the text always say the same.\n- The time goes by the Alert itself, not by its arrival.`,
		`## Fields`,
		table(
			['Field', 'Filters by', 'Takes', 'Example'],
			Object.entries(FIELDS).map(([name, field]) => [
				code(name),
				field.help(),
				takes(field),
				code(field.example)
			])
		),
		`## Grammar`,
		`[Peggy](https://peggyjs.org) makes the parser from this grammar. It accepts every text; the console then says which term is wrong, at which letter, and what to write.`,
		`\`\`\`text\n${grammar(projectDir)}\n\`\`\``
	);
}
