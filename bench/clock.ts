// One clock for all processes of a measurement.

/** Milliseconds of the machine's monotonic clock: the same in every process, and no one sets it. */
export const instant = (): number => Number(process.hrtime.bigint()) / 1e6;
