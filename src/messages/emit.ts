// Writes one message as a TypeScript function. The languages choose their plural forms and numbers with Intl.
import { parse, TYPE, type MessageFormatElement } from '@formatjs/icu-messageformat-parser';

/** The types of the values of a message, by name. A message with marks, such as `<device>`, returns parts. */
interface Shape {
	values: Map<string, string>;
	marks: Set<string>;
}

/** A fault of a message, worded for the person who wrote it. */
export class MessageFault extends Error {}

/**
 * Writes the function `name` for the texts of a message, one for each language. Throws a `MessageFault` if a text cannot be
 * read, lacks a plural form of its language, or has other values or marks than the first text.
 */
export function emitMessage(name: string, texts: ReadonlyArray<{ language: string; text: string }>): string {
	const read = texts.map(({ language, text }) => readText(name, language, text));
	const shape = read[0]!.shape;
	for (const [at, one] of read.entries())
		if (describe(one.shape) !== describe(shape))
			throw new MessageFault(
				`${name} in ${texts[at]!.language} has ${describe(one.shape)}, but in ${texts[0]!.language} it has ${describe(shape)}`
			);
	const values = [...shape.values].map(([value, type]) => `${value}: ${type}`).join('; ');
	const marks = [...shape.marks].map((mark) => `'${mark}'`).join(' | ');
	const type = marks ? `Array<Part<${marks}>>` : 'string';
	const forms = read.map(
		({ elements }, at) =>
			`${texts[at]!.language}: () => ${marks ? partsOf(elements, type) : textOf(elements)}`
	);
	return `/** ${texts[0]!.text.replaceAll('*/', '* /')} */
export const ${name} = (${values ? `v: { ${values} }` : ''}): ${type} => say<${type}>({ ${forms.join(', ')} });\n`;
}

function readText(name: string, language: string, text: string) {
	try {
		const elements = parse(text, { captureLocation: false, requiresOtherClause: true });
		const shape: Shape = { values: new Map(), marks: new Set() };
		collect(elements, shape, new Intl.PluralRules(language).resolvedOptions().pluralCategories);
		return { elements, shape };
	} catch (fault) {
		throw new MessageFault(`${name} in ${language}: ${(fault as Error).message}`);
	}
}

/** Collects the values and marks of a text, and checks its plural forms. */
function collect(elements: MessageFormatElement[], shape: Shape, categories: readonly string[]): void {
	for (const element of elements)
		switch (element.type) {
			case TYPE.literal:
			case TYPE.pound:
				break;
			case TYPE.argument:
				if (!shape.values.has(element.value)) shape.values.set(element.value, 'string | number');
				break;
			case TYPE.number:
				shape.values.set(element.value, 'number');
				break;
			case TYPE.select:
				shape.values.set(element.value, 'string');
				for (const option of Object.values(element.options)) collect(option.value, shape, categories);
				break;
			case TYPE.plural: {
				shape.values.set(element.value, 'number');
				const missing = categories.filter((category) => !(category in element.options)).sort();
				if (element.pluralType === 'cardinal' && missing.length > 0)
					throw new Error(`the plural of ${element.value} lacks ${missing.join(', ')}`);
				for (const option of Object.values(element.options)) collect(option.value, shape, categories);
				break;
			}
			case TYPE.tag:
				shape.marks.add(element.value);
				collect(element.children, shape, categories);
				break;
			default:
				throw new Error('write dates and times in the page, and pass them as text');
		}
}

const describe = ({ values, marks }: Shape): string => {
	const names = [...values]
		.map(([name, type]) => `${name} (${type})`)
		.concat([...marks].map((m) => `<${m}>`));
	return names.length === 0 ? 'no values' : names.sort().join(', ');
};

/** Writes elements as a template. `counted`: the expression of the number that `#` stands for. */
function textOf(elements: MessageFormatElement[], counted = ''): string {
	return `text\`${elements.map((element) => pieceOf(element, counted)).join('')}\``;
}

function pieceOf(element: MessageFormatElement, counted: string): string {
	switch (element.type) {
		case TYPE.literal:
			return element.value.replace(/[\\`]|\$\{/g, '\\$&');
		case TYPE.pound:
			return `\${number(${counted})}`;
		case TYPE.number:
			return `\${number(v.${element.value})}`;
		case TYPE.select:
			return `\${select(v.${element.value}, { ${formsOf(element.options, counted)} })}`;
		case TYPE.plural: {
			const value = `v.${element.value}`;
			return `\${plural(${value}, { ${formsOf(element.options, value)} }, '${element.pluralType ?? 'cardinal'}')}`;
		}
		case TYPE.argument:
			return `\${v.${element.value}}`;
		default:
			throw new MessageFault('a mark cannot stand inside another mark, a plural or a choice of words');
	}
}

const formsOf = (options: Record<string, { value: MessageFormatElement[] }>, counted: string): string =>
	Object.entries(options)
		.map(([form, { value }]) => `'${form}': ${textOf(value, counted)}`)
		.join(', ');

/** Writes elements as a list of parts: text, and the parts that the page marks. */
function partsOf(elements: MessageFormatElement[], type: string): string {
	const parts: string[] = [];
	let plain: MessageFormatElement[] = [];
	const close = () => {
		if (plain.length > 0) parts.push(textOf(plain));
		plain = [];
	};
	for (const element of elements) {
		if (element.type !== TYPE.tag) {
			plain.push(element);
			continue;
		}
		close();
		parts.push(`{ mark: '${element.value}', text: ${textOf(element.children)} }`);
	}
	close();
	return `[${parts.join(', ')}] as ${type}`;
}
