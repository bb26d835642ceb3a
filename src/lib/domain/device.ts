// Defines a Device as a client sends it: the home network of the Device (the hub is its CHF) and the tenures of its
// Suppliers.
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
