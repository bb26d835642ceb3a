import { expect, it } from 'vitest';
import { measureAlertmanager } from '../../../bench/baselines/alertmanager.ts';
import { createTrace } from '../../../bench/trace.ts';
import { ALERTMANAGER } from '../../../launcher/alertmanager.ts';

const plan = { seed: 5, devices: 2600, requests: 2000, now: Date.now() - 3_600_000 };

// Set-up says why there is none: the machine has no Debian packages.
it.skipIf(!ALERTMANAGER)(
	'a real Alertmanager delivers each Alert of the benchmark to the webhook (skipped without prometheus-alertmanager)',
	async () => {
		const figures = (await measureAlertmanager({ trace: createTrace(plan), seconds: 0, least: 2000 }))!;
		expect(figures).toMatchObject({ alerts: 2000, delivered: 2000 });
		// Groups: a notification has one Alert or several.
		expect(figures.notifications).toBeGreaterThan(0);
		expect(figures.notifications).toBeLessThan(2000);
		expect(figures.alertsPerSecond).toBeGreaterThan(0);
	}
);
