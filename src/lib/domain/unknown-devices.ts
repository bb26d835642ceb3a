// Defines the list of Devices whose Alerts no Supplier sees. It shows people of the installation an id, codes, times
// and numbers, and nothing about a home.
import { z } from 'zod';

/** The greatest numbers that the list counts. A larger number stops here. */
export const MOST_COUNTED = { alerts: 100_000, devices: 10_000, alertsOfCode: 1_000 } as const;

const Count = z.object({
	count: z.number().int(),
	/** Whether there are more: counting stopped at its bound. */
	more: z.boolean()
});
export type Count = z.infer<typeof Count>;

const UnknownDevice = z.object({
	deviceId: z.string(),
	/** `not-in-inventory`: no inventory has named the Device. `no-tenure`: the Device has no tenure at these times. */
	reason: z.enum(['not-in-inventory', 'no-tenure']),
	alerts: Count,
	/** The times of the earliest and of the latest Alert. */
	firstAt: z.string(),
	lastAt: z.string(),
	codes: z.array(z.object({ code: z.string(), name: z.string(), alerts: Count }))
});
export type UnknownDevice = z.infer<typeof UnknownDevice>;

export const UnknownDevices = z
	.object({
		alerts: Count,
		devices: Count,
		/** The Devices by id. */
		items: z.array(UnknownDevice),
		/** The cursor of the next page; `null`: this is the last page. */
		nextCursor: z.string().nullable()
	})
	.meta({ id: 'UnknownDevices' });
export type UnknownDevices = z.infer<typeof UnknownDevices>;
