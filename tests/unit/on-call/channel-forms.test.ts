import { describe, expect, test } from 'vitest';
import { channelForms, formOf } from '#lib/server/on-call/channels/forms.ts';
import { KINDS, kindOf } from '#lib/server/on-call/channels/kinds.ts';

describe('the form of a kind of channel', () => {
	test.each(channelForms().map((form) => [form.kind, form] as const))(
		'%s has words for the kind and for each field',
		(_kind, { title, help, fields }) => {
			expect(title).toMatch(/^[A-Z]/);
			expect(help).toMatch(/\.$/);
			for (const field of fields) {
				expect(field.label, field.name).toMatch(/^[A-Z]/);
				expect(field.help, field.name).toMatch(/\.$/);
			}
		}
	);

	test('hides the secrets, and only these', () => {
		for (const kind of KINDS)
			expect(
				formOf(kind)
					.fields.filter(({ input }) => input === 'secret')
					.map(({ name }) => name)
					.sort()
			).toEqual([...kind.secrets].sort());
	});

	test('needs no secret that Causeway makes, and reads lists as lists', () => {
		const webhook = formOf(kindOf('webhook')!);
		expect(webhook.fields).toMatchObject([
			{ name: 'url', input: 'text', isRequired: true, example: 'https://bridge.example/causeway' },
			{ name: 'secret', input: 'secret', isRequired: false }
		]);
		const to = formOf(kindOf('email')!).fields.find(({ name }) => name === 'to');
		expect(to).toMatchObject({ input: 'list', isRequired: false, example: 'control-room@example.com' });
	});
});
