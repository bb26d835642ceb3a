// Defines answers by a one-time link: what the link shows before a person answers, the answer, and its result.
import { z } from 'zod';
import { REASONS, Verdict, checkReason } from '../decision.ts';
import { PageAnswer, PageState, type PageContent, type PageSubject } from './page.ts';

/** An answer by a one-time link. `token`: the last part of the link. */
export const LinkAnswerIn = z
	.object({
		token: z.string().max(1000),
		answer: z.enum(['acknowledge', 'decide']),
		verdict: Verdict.optional(),
		reason: z.string().trim().max(40).optional(),
		note: z.string().trim().max(2000).nullish()
	})
	.superRefine((input, context) => {
		if (input.answer === 'acknowledge') return;
		if (input.verdict === undefined)
			context.addIssue({
				code: 'custom',
				path: ['verdict'],
				message: `must be one of ${Object.keys(REASONS).join(', ')}`
			});
		else checkReason({ ...input, verdict: input.verdict }, context);
	});
export type LinkAnswerIn = z.infer<typeof LinkAnswerIn>;

/** The page after an answer by a link. */
export const LinkAnswered = z
	.object({
		/** What the answer did, as a sentence. */
		text: z.string(),
		state: PageState,
		/** Who acknowledged the page. `null`: nobody did. */
		acknowledged: PageAnswer.nullable(),
		/** The address of the page in the console. */
		url: z.string()
	})
	.meta({ id: 'LinkAnswered' });
export type LinkAnswered = z.infer<typeof LinkAnswered>;

/** What a link shows. `page: null`: the link shows nothing, and `text` says why. */
export interface LinkView {
	/** Why nothing can be answered by this link; `null`: it can. */
	text: string | null;
	page: {
		subject: PageSubject;
		state: PageState;
		priority: number;
		openedAt: string;
		content: PageContent;
		url: string;
	} | null;
	/** The person as whom the link answers. */
	person: string | null;
}
