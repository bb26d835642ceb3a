// Writes the outcome of a decision on an episode.
import * as messages from '#messages/episodes.ts';

/** Writes the outcome of a decision on `open` members, of which the server accepted `done`. */
export function outcomeText(open: number, done: number): string {
	const missed = open - done;
	if (missed <= 0) return messages.decided({ done });
	return done > 0 ? messages.decided_partly({ done, missed }) : messages.none_decided({ missed });
}
