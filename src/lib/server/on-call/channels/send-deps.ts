// Defines what a channel needs to send: the outside world, so that a channel itself has no state.
import type { HttpPost } from './http-post.ts';

export interface SendDeps {
	post: HttpPost;
	now(): Date;
	/** The address of the console, such as https://causeway.example. */
	origin: string;
}
