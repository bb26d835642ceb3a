// Reads the clock that all processes of a measurement share.

/**
 * Milliseconds of the machine's monotonic clock. It is the same in every process, and setting the date does not move
 * it.
 */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;
