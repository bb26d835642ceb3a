// Says who answered a page and how long ago, for a person who comes too late.
import type { Page } from '#lib/domain/on-call/page.ts';

/** Returns a sentence such as "Ada Lead acknowledged 2 minutes ago."; `null`: the page is open. */
export function answeredText({ acknowledged, resolved }: Page, now: Date): string | null {
	if (resolved) {
		if (resolved.by === null) return `The page has ended ${ago(resolved.at, now)}: ${resolved.why}.`;
		const did = resolved.why.startsWith('Decided: ')
			? `decided ${resolved.why.slice('Decided: '.length)}`
			: 'ended the page';
		return `${resolved.by} ${did} ${ago(resolved.at, now)}.`;
	}
	return acknowledged && `${acknowledged.by} acknowledged ${ago(acknowledged.at, now)}.`;
}

function ago(at: string, now: Date): string {
	const minutes = Math.floor((now.getTime() - Date.parse(at)) / 60_000);
	if (minutes < 1) return 'just now';
	if (minutes < 60) return `${minutes} ${minutes === 1 ? 'minute' : 'minutes'} ago`;
	const hours = Math.floor(minutes / 60);
	return `${hours} ${hours === 1 ? 'hour' : 'hours'} ago`;
}
