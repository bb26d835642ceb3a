// Defines how often a property test runs: 1,000 times locally, 10,000 times in CI.

export const propertyRuns = process.env.CI ? 10_000 : 1_000;
