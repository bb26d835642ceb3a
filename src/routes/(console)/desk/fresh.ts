// Says for how long the mark of a new Alert flashes.
import type { Alert } from '#lib/domain/alert.ts';

/** How long the mark flashes if nobody reads the list (ms). */
const FLASH_MS = 120_000;
const JOURNAL = 4;

/** Whether an Alert came so lately that its mark flashes. An Alert of the journal never does. `nowMs`: epoch ms. */
export const isFresh = (
	{ priority, receivedAt }: Pick<Alert, 'priority' | 'receivedAt'>,
	nowMs: number
): boolean => priority < JOURNAL && nowMs - Date.parse(receivedAt) < FLASH_MS;
