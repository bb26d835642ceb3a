// Writes the preview of a route as one or two sentences.
import { number } from '#lib/ui/message.ts';
import * as messages from '#messages/routes.ts';
import { PREVIEW_DAYS, type WouldHavePaged } from '#lib/domain/on-call/preview.ts';

/** Says how often the route would have paged: "It would have paged 12 times in 30 days, 5 of them at night." */
export function previewText({ pages, perNight, atLeast }: WouldHavePaged): string {
	const nights = perNight.reduce((sum, count) => sum + count, 0);
	if (pages === 0 && !atLeast) return messages.paged_nobody({ days: PREVIEW_DAYS });
	return messages.would_have_paged({
		times: least(times(pages), atLeast),
		days: PREVIEW_DAYS,
		nights: nights === 0 ? messages.never() : least(times(nights), atLeast)
	});
}

/** Says how many pages a night had on average, and at most. */
export function nightText({ perNight, atLeast }: WouldHavePaged): string {
	const most = Math.max(...perNight);
	if (most === 0) return '';
	const mean = perNight.reduce((sum, count) => sum + count, 0) / PREVIEW_DAYS;
	const text = mean.toFixed(1);
	const average =
		mean < 0.1 && !atLeast ? messages.less_than() : atLeast ? messages.least_start({ text }) : text;
	return messages.nights({ average, most: least(number(most), atLeast) });
}

const times = (count: number): string =>
	count === 1 ? messages.once() : count === 2 ? messages.twice() : messages.times({ count });

const least = (text: string, atLeast: boolean): string => (atLeast ? messages.least({ text }) : text);
