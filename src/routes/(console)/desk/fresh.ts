// Says for how long the mark of a new Alert flashes.
import { JOURNAL } from '#lib/domain/alert-state.ts';

/** How long the mark flashes if nobody reads the list (ms). */
const FLASH_MS = 120_000;

/**
 * Whether an Alert came so lately that its mark flashes. An Alert of the journal never does. `receivedAt`: ISO. `nowMs`:
 * epoch ms.
 */
export const isFresh = (
	{ priority, receivedAt }: { priority: number; receivedAt: string },
	nowMs: number
): boolean => priority < JOURNAL && nowMs - Date.parse(receivedAt) < FLASH_MS;
