// Gives the console pages access to their shared state, which the layout creates once.
import { createContext } from 'svelte';
import type { AlarmSound } from '#lib/ui/alarm-sound.svelte.ts';
import type { Bulk } from '#lib/ui/bulk.svelte.ts';
import type { CheckedAlerts } from '#lib/ui/checked-alerts.svelte.ts';
import type { Clock } from '#lib/ui/clock.svelte.ts';
import type { DeskActions } from '#lib/ui/desk-actions.svelte.ts';
import type { EpisodeWatch } from '#lib/ui/episode-watch.svelte.ts';
import type { FeedWatch } from '#lib/ui/feeds.svelte.ts';
import type { LiveAlerts } from '#lib/ui/live-alerts.svelte.ts';
import type { PageWatch } from '#lib/ui/page-watch.svelte.ts';
import type { SavedViews } from '#lib/ui/saved-views.svelte.ts';
import type { StandingWatch } from '#lib/ui/standing-watch.svelte.ts';
import type { Triage } from '#lib/ui/triage.svelte.ts';
import type { KeySettings } from './key-settings.svelte.ts';

export interface Console {
	/** Shelves, assigns and comments on Alerts. */
	actions: DeskActions;
	/** Carries out actions on many Alerts, and reports them. */
	bulk: Bulk;
	/** The selection of the desk. */
	checked: CheckedAlerts;
	clock: Clock;
	episodes: EpisodeWatch;
	feeds: FeedWatch;
	keys: KeySettings;
	live: LiveAlerts;
	pager: PageWatch;
	sound: AlarmSound;
	standing: StandingWatch;
	triage: Triage;
	views: SavedViews;
}

export const [getConsole, setConsole] = createContext<Console>();
