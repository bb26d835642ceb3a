// Defines how far the clocks of the DCC and of a Device may differ.

export const CLOCK_TOLERANCE_SECONDS = 5;
export const CLOCK_TOLERANCE_MS = CLOCK_TOLERANCE_SECONDS * 1000;
