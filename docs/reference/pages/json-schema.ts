// Says in a short phrase which values a JSON Schema accepts.
import { z } from 'zod';
import { Eui64 } from '#lib/domain/eui64.ts';
import { code, codes } from './markdown.ts';

export interface Schema {
	$ref?: string;
	type?: string | readonly string[];
	enum?: readonly unknown[];
	const?: unknown;
	anyOf?: readonly Schema[];
	oneOf?: readonly Schema[];
	format?: string;
	pattern?: string;
	minimum?: number;
	exclusiveMinimum?: number;
	maximum?: number;
	minLength?: number;
	maxLength?: number;
	maxItems?: number;
	items?: Schema;
	properties?: Record<string, Schema>;
	required?: readonly string[];
	default?: unknown;
}

export interface Field {
	name: string;
	isRequired: boolean;
	/** A phrase in Markdown. */
	accepts: string;
}

const EUI64_PATTERN = (z.toJSONSchema(Eui64, { io: 'input' }) as Schema).pattern;

/** The fields of an object. `undefined`: the schema is not an object. */
export function fieldsOf(schema: Schema, components: Record<string, Schema>): Field[] | undefined {
	const { properties, required = [] } = schema.$ref ? components[nameOf(schema.$ref)]! : schema;
	return (
		properties &&
		Object.entries(properties).map(([name, field]) => ({
			name,
			isRequired: required.includes(name),
			accepts: acceptedBy(field)
		}))
	);
}

export function acceptedBy(schema: Schema): string {
	const phrase = phraseOf(schema);
	return schema.default === undefined || Array.isArray(schema.default)
		? phrase
		: `${phrase}; default ${code(String(schema.default))}`;
}

function phraseOf(schema: Schema): string {
	if (schema.$ref) return code(nameOf(schema.$ref));
	if (schema.const !== undefined) return code(String(schema.const));
	if (schema.enum) return codes(schema.enum.map(String));
	const choices = schema.anyOf ?? schema.oneOf;
	if (choices) return [...new Set(choices.map(phraseOf))].join(' or ');
	const types = [schema.type ?? []].flat();
	if (types.length > 1) return types.map((type) => phraseOf({ ...schema, type })).join(' or ');
	if (types.includes('null')) return code('null');
	if (types.includes('array')) return arrayPhrase(schema);
	if (types.includes('object'))
		return `object with ${codes(Object.keys(schema.properties ?? {})) || 'any field'}`;
	if (types.includes('boolean')) return `${code('true')} or ${code('false')}`;
	if (types.includes('integer') || types.includes('number')) return numberPhrase(schema);
	return types.includes('string') ? stringPhrase(schema) : 'any JSON';
}

function arrayPhrase({ items, maxItems }: Schema): string {
	return `list${maxItems === undefined ? '' : ` of at most ${maxItems}`}: ${items ? phraseOf(items) : 'any JSON'}`;
}

function numberPhrase({ type, minimum, exclusiveMinimum, maximum }: Schema): string {
	const kind = type === 'integer' ? 'whole number' : 'number';
	const least = minimum ?? (exclusiveMinimum === undefined ? undefined : exclusiveMinimum + 1);
	const from = least === undefined || least === Number.MIN_SAFE_INTEGER ? '' : ` from ${least}`;
	const to = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? '' : ` to ${maximum}`;
	return `${kind}${from}${to}`;
}

function stringPhrase({ format, pattern, maxLength }: Schema): string {
	if (format === 'date-time') return 'date and time (ISO 8601 with zone)';
	if (pattern !== undefined && pattern === EUI64_PATTERN) return 'EUI-64 id';
	if (pattern !== undefined) return `text that matches ${code(pattern)}`;
	return maxLength === undefined ? 'text' : `text of at most ${maxLength} characters`;
}

const nameOf = (ref: string): string => ref.split('/').at(-1)!;
