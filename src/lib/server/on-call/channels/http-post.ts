// Sends one HTTP request of a channel. Every channel that speaks HTTP uses this function, so that one place sets the
// limits: no redirects, a limit of time, and a limit for the answer.

export interface PostRequest {
	url: string;
	headers?: Readonly<Record<string, string>>;
	body: string | Uint8Array;
}

/** The answer of the receiver, or `problem`: why no answer came, in words without the address. */
export type PostAnswer =
	{ status: number; retryAfterMs: number | null; text: string } | { status: null; problem: string };

export type HttpPost = (request: PostRequest) => Promise<PostAnswer>;
