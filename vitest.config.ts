import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// The runner's own configuration: plain Node without the Kit plugin, because nothing under test imports `$app/*`.
// The svelte plugin is here for the rune modules (`*.svelte.ts`) alone.
const shared = { environment: 'node' as const, expect: { requireAssertions: true } };

export default defineConfig({
	plugins: [svelte()],
	test: {
		reporters: ['default'],
		projects: [
			{ extends: true, test: { ...shared, name: 'unit', include: ['tests/unit/**/*.test.ts'] } },
			{
				extends: true,
				test: {
					...shared,
					name: 'integration',
					include: ['tests/integration/**/*.test.ts'],
					globalSetup: ['tests/support/services.setup.ts'],
					testTimeout: 30_000,
					hookTimeout: 60_000,
					maxWorkers: 2
				}
			},
			{
				extends: true,
				test: {
					...shared,
					name: 'e2e',
					include: ['tests/e2e/**/*.test.ts'],
					globalSetup: ['tests/support/services.setup.ts', 'tests/support/build.setup.ts'],
					testTimeout: 60_000,
					hookTimeout: 120_000,
					fileParallelism: false
				}
			}
		]
	}
});
