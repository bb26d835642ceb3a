// Configures Vitest: three projects (unit, integration, e2e) on plain Node.js.
// The SvelteKit plugin is not needed, because no tested file imports `$app/*`. The Svelte plugin compiles the modules that
// use runes (`*.svelte.ts`).
import { devNull } from 'node:os';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const shared = {
	environment: 'node' as const,
	expect: { requireAssertions: true },
	// No test reads the .env of the person who runs the tests: it may name a database with real data.
	env: { ENV_FILE: devNull }
};

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
					globalSetup: ['tests/support/services.setup.ts', 'tests/support/build.setup.ts'],
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
					// The worker, the browser and the socket need their time on a busy machine.
					expect: { ...shared.expect, poll: { timeout: 15_000 } },
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
