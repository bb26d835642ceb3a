// Writes the preview of a route as one or two sentences.
import { PREVIEW_DAYS, type WouldHavePaged } from '#lib/domain/on-call/preview.ts';

/** Says how often the route would have paged: "It would have paged 12 times in 30 days, 5 of them at night." */
export function previewText({ pages, perNight, atLeast }: WouldHavePaged): string {
	const nights = perNight.reduce((sum, count) => sum + count, 0);
	const least = atLeast ? 'at least ' : '';
	if (pages === 0 && !atLeast) return `It would have paged nobody in the last ${PREVIEW_DAYS} days.`;
	return `It would have paged ${least}${times(pages)} in the last ${PREVIEW_DAYS} days, ${nights === 0 ? 'never' : `${least}${times(nights)}`} at night.`;
}

/** Says how many pages a night had on average, and at most. */
export function nightText({ perNight, atLeast }: WouldHavePaged): string {
	const most = Math.max(...perNight);
	if (most === 0) return '';
	const mean = perNight.reduce((sum, count) => sum + count, 0) / PREVIEW_DAYS;
	const least = atLeast ? 'at least ' : '';
	const average =
		mean < 0.1 && !atLeast ? 'Less than 0.1' : `${atLeast ? 'At least ' : ''}${mean.toFixed(1)}`;
	return `${average} a night on average, ${least}${most.toLocaleString('en-GB')} in the worst night.`;
}

const times = (count: number): string =>
	count === 1 ? 'once' : count === 2 ? 'twice' : `${count.toLocaleString('en-GB')} times`;
