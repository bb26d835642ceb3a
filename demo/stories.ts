// Lists all stories in the order in which the demo plays them, and plays single stories.
import { Chronicle, SECOND, type Happening } from './events.ts';
import { createRandom } from './random.ts';
import { EXPLAINED_STORIES } from './stories-explained.ts';
import { PUZZLING_STORIES } from './stories-puzzling.ts';
import type { Story } from './story.ts';
import { homeOf } from './world.ts';

export const STORIES: readonly Story[] = [...EXPLAINED_STORIES, ...PUZZLING_STORIES];

/** The first number of the homes of stories. The homes of the daily traffic have lower numbers. */
const FIRST_STORY_HOME = 10_000;

/** Plays a story from `now` (epoch ms) on homes that no earlier play has used. */
export function playStory(story: Story, now: number): Happening {
	// The number depends on the time, so a later start of the demo uses other homes.
	const first = FIRST_STORY_HOME + ((Math.floor(now / SECOND) * 7) % 16_000_000);
	const homes = Array.from({ length: story.homes }, (_, i) => homeOf(first + i));
	const chronicle = new Chronicle(createRandom(Math.floor(now / SECOND)), story.name, story.name);
	story.play(chronicle, now, homes);
	return chronicle.happening;
}
