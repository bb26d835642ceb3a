// Defines a maintenance window: the time in which the pages of expected Alerts wait. The window hides no Alert, and a
// page of priority 1 never waits.
import { z } from 'zod';
import { Eui64, Instant } from '../eui64.ts';
import { AlertCodes } from './alert-codes.ts';

export const MaintenanceIn = z
	.object({
		from: Instant,
		to: Instant,
		/** The expected Alerts. An Alert must meet all conditions; without a condition, all Alerts are expected. */
		areas: z.array(z.string().trim().min(1).max(40)).min(1).optional(),
		codes: AlertCodes.optional(),
		hubs: z.array(Eui64).min(1).optional(),
		note: z.string().trim().min(1).max(500)
	})
	.meta({ id: 'MaintenanceIn' });
export type MaintenanceIn = z.infer<typeof MaintenanceIn>;

export const Maintenance = z
	.object({
		id: z.string(),
		from: z.string(),
		to: z.string(),
		areas: z.array(z.string()).optional(),
		codes: z.array(z.string()).optional(),
		hubs: z.array(z.string()).optional(),
		note: z.string(),
		savedBy: z.string(),
		savedAt: z.string()
	})
	.meta({ id: 'Maintenance' });
export type Maintenance = z.infer<typeof Maintenance>;

/** Returns whether the window expects an Alert with these facts. */
export const expects = (
	window: Pick<Maintenance, 'areas' | 'codes' | 'hubs'>,
	alert: { area: string | null; code: string; hubId: string | null }
): boolean =>
	(!window.areas || (alert.area !== null && window.areas.includes(alert.area))) &&
	(!window.codes || window.codes.includes(alert.code)) &&
	(!window.hubs || (alert.hubId !== null && window.hubs.includes(alert.hubId)));
