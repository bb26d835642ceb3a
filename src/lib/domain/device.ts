// Defines a Device in two shapes: as a client sends it, with its home network (the hub is its CHF) and the tenures of its
// Suppliers, and as a Supplier reads it.
import { z } from 'zod';
import { Eui64, Instant } from './eui64.ts';

const DeviceType = z.enum(['ESME', 'GSME', 'CHF', 'GPF', 'PPMID', 'HCALCS', 'SAPC', 'IHD', 'CAD']);

const SLUG_RULE = 'must be a short lower-case name such as brightwell';

export const SupplierSlug = z
	.string(SLUG_RULE)
	.trim()
	.regex(/^[a-z][a-z0-9-]{1,39}$/, SLUG_RULE);

/**
 * A tenure, half-open as `[from, to)`: at the instant `to` the next Supplier is responsible. `to: null` means that the
 * tenure lasts until further notice.
 */
export const Tenure = z
	.object({ supplier: SupplierSlug, from: Instant, to: Instant.nullish().transform((to) => to ?? null) })
	.refine((t) => t.to === null || t.from < t.to, { path: ['to'], error: 'must be later than from' });
export const DeviceIn = z
	.object({
		deviceId: Eui64,
		deviceType: DeviceType,
		hubId: Eui64.nullish(),
		model: z.string().trim().max(80).nullish(),
		firmware: z.string().trim().max(40).nullish(),
		area: z.string().trim().max(16).nullish(),
		tenures: z.array(Tenure).max(64).optional()
	})
	.meta({ id: 'DeviceIn' })
	.superRefine((device, ctx) => {
		const sorted = [...(device.tenures ?? [])].sort((a, b) => (a.from < b.from ? -1 : 1));
		sorted.forEach((tenure, i) => {
			const previous = sorted[i - 1];
			if (previous && (previous.to === null || previous.to > tenure.from))
				ctx.addIssue({
					code: 'custom',
					path: ['tenures'],
					message: 'two tenures overlap: a Device has one Responsible Supplier at a time'
				});
		});
	});
export type DeviceIn = z.infer<typeof DeviceIn>;

/**
 * A Device as one Supplier reads it. The Supplier reads its own tenures only. `hubId`, `model`, `firmware` and `area` are
 * `null` if they are unknown, or if the Supplier has no tenure now: they may have been stored after its last tenure.
 */
export const Device = z
	.object({
		deviceId: z.string(),
		deviceType: z.string(),
		/** Whether a tenure of the Supplier covers this moment. */
		current: z.boolean(),
		hubId: z.string().nullable(),
		model: z.string().nullable(),
		firmware: z.string().nullable(),
		area: z.string().nullable(),
		/** The tenures of the Supplier, oldest first. */
		tenures: z.array(z.object({ from: z.string(), to: z.string().nullable() }))
	})
	.meta({ id: 'Device' });
export type Device = z.infer<typeof Device>;

/** One Device with its home: the other Devices behind the same hub, and the hub itself. */
export const DeviceInHome = Device.extend({
	/**
	 * The other Devices of the home that the Supplier has now, the hub first. Empty if the Supplier does not have the
	 * Device now, because the home may have changed since.
	 */
	home: z.array(Device)
}).meta({ id: 'DeviceInHome' });
export type DeviceInHome = z.infer<typeof DeviceInHome>;

export const DevicePage = z
	.object({ items: z.array(Device), nextCursor: z.string().nullable() })
	.meta({ id: 'DevicePage' });
export type DevicePage = z.infer<typeof DevicePage>;

/** The filters of a list of Devices. `hub`, `area` and `model` let only Devices in a current tenure through. */
export const DeviceFilters = z
	.object({
		hub: Eui64.optional(),
		type: DeviceType.optional(),
		area: z.string().trim().min(1).max(16).optional(),
		model: z.string().trim().min(1).max(80).optional(),
		tenure: z.enum(['current', 'past', 'all']).default('all'),
		limit: z.coerce.number().int().min(1).max(500).default(100),
		cursor: Eui64.optional()
	})
	.meta({ id: 'DeviceFilters' });
export type DeviceFilters = z.infer<typeof DeviceFilters>;
