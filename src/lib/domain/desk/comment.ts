// Defines a comment of a person on an Alert, on an episode, or on a Device for ever.
import { z } from 'zod';

export const CommentSubject = z.enum(['alert', 'episode', 'device']);
export type CommentSubject = z.infer<typeof CommentSubject>;

/** The greatest number of comments that one call reads, the newest ones. */
export const MOST_COMMENTS = 500;

/** A comment as a client sends it. */
export const CommentIn = z.object({ text: z.string().trim().min(1).max(2000) }).meta({ id: 'CommentIn' });

export const Comment = z
	.object({
		id: z.string(),
		subject: CommentSubject,
		/** The id of the Alert, the episode or the Device. */
		subjectId: z.string(),
		text: z.string(),
		by: z.string(),
		at: z.string()
	})
	.meta({ id: 'Comment' });
export type Comment = z.infer<typeof Comment>;

export const CommentList = z.object({ items: z.array(Comment) });
