// Defines the number of runs of a property test: 1,000 times locally, 10,000 times in CI.

export const propertyRuns = process.env.CI ? 10_000 : 1_000;
