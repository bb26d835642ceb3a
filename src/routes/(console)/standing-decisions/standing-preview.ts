// Asks what an edited standing decision would have decided.
import type { Verdict } from '#lib/domain/decision.ts';
import type { StandingWhen } from '#lib/domain/standing-decision/rule.ts';
import type { StandingPreview } from '#lib/domain/standing-decision/standing-decision.ts';
import { whyRefused } from '#lib/ui/call-api.ts';
import { LivePreview } from '#lib/ui/live-preview.svelte.ts';
import { previewStanding } from '#lib/ui/standing-api.ts';

export type StandingPreviewer = LivePreview<{ when: StandingWhen; verdict: Verdict }, StandingPreview>;

export const createStandingPreview = (): StandingPreviewer => new LivePreview(previewStanding, whyRefused);
