// Reads the clock that all processes of a measurement share.

/**
 * Returns milliseconds of the machine's monotonic clock. All processes read the same clock, and setting the date does
 * not change the clock.
 */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;
