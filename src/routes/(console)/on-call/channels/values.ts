// Turns the texts of a channel form into settings, and settings into texts.
import type { ChannelField, ChannelForm } from '#lib/domain/on-call/channel.ts';

/** The text of each field of a form. A switch has the text `true` or `false`. */
export type Values = Record<string, string>;

/** Returns the texts for stored settings. Secrets are never read back, so their fields are empty. */
export const valuesOf = (form: ChannelForm, settings: Readonly<Record<string, unknown>>): Values =>
	Object.fromEntries(
		form.fields.map(({ name }) => {
			const value = settings[name];
			return [name, Array.isArray(value) ? value.join(', ') : String(value ?? '')];
		})
	);

/** Returns the settings of a form. A field without a text is left out. */
export function settingsOf({ kind, fields }: ChannelForm, values: Values): Record<string, unknown> {
	const filled = fields.flatMap((field) => {
		const text = (values[field.name] ?? '').trim();
		return text === '' ? [] : [[field.name, valueOf(field, text)] as const];
	});
	return { kind, ...Object.fromEntries(filled) };
}

function valueOf({ input }: ChannelField, text: string): unknown {
	if (input === 'list') return text.split(/[\s,;]+/).filter(Boolean);
	if (input === 'number') return Number(text);
	return input === 'switch' ? text === 'true' : text;
}
