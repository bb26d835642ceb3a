// Shows what a one-time link is about. To open the link changes nothing, because mail scanners open every link.
import * as messages from '#messages/answer.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, getClientAddress, setHeaders }) => {
	setHeaders({ 'x-robots-tag': 'noindex' });
	const { linkAnswers, openCalls } = locals.services;
	if (!(await openCalls(getClientAddress())))
		return {
			token: null,
			view: {
				text: messages.too_many_calls(),
				page: null,
				person: null
			}
		};
	return { token: params.token, view: await linkAnswers.show(params.token) };
};
