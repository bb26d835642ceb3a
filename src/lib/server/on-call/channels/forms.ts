// Describes the form of each kind of channel for the console, from the settings of the kind. A new kind needs no change of
// the console.
import { z } from 'zod';
import type { ChannelField, ChannelForm } from '#lib/domain/on-call/channel.ts';
import type { ChannelKind } from './channel.ts';
import { KINDS } from './kinds.ts';

/** The parts of a JSON Schema that a form shows. */
interface Described {
	type?: string;
	title?: string;
	description?: string;
	enum?: unknown[];
	examples?: unknown[];
	default?: unknown;
	properties?: Record<string, Described>;
	required?: string[];
}

export const channelForms = (): ChannelForm[] => KINDS.map(formOf);

export function formOf({ kind, settings, secrets, makeSecret }: ChannelKind): ChannelForm {
	const schema = z.toJSONSchema(settings, { io: 'input', unrepresentable: 'any' }) as Described;
	const { kind: _, ...properties } = schema.properties ?? {};
	const isRequired = (name: string): boolean =>
		(schema.required?.includes(name) ?? false) && !(name === 'secret' && makeSecret !== undefined);
	return {
		kind,
		title: schema.title ?? kind,
		help: schema.description ?? '',
		fields: Object.entries(properties).map(([name, field]) => ({
			name,
			label: field.title ?? name,
			help: field.description ?? '',
			input: secrets.includes(name) ? 'secret' : inputOf(field),
			isRequired: isRequired(name),
			example: String(field.examples?.[0] ?? field.default ?? ''),
			choices: (field.enum ?? []).map(String)
		}))
	};
}

function inputOf({ type, enum: choices }: Described): ChannelField['input'] {
	if (choices) return 'choice';
	if (type === 'array') return 'list';
	if (type === 'boolean') return 'switch';
	return type === 'number' || type === 'integer' ? 'number' : 'text';
}
