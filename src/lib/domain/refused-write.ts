// Defines the notes of refused writes: records that the key of a Supplier was not entitled to feed.
import { z } from 'zod';

export const RefusedWrite = z
	.object({
		/** The minute in which the records arrived. */
		at: z.string(),
		/** The slug of the Supplier that owns the key. */
		supplier: z.string(),
		/** The name of the API key. `null`: the key has no name. */
		keyName: z.string().nullable(),
		/** The first eight characters of the API key. */
		keyHint: z.string(),
		kind: z.string(),
		reason: z.string(),
		records: z.number().int(),
		/** Some of the Devices that the records named. */
		deviceIds: z.array(z.string())
	})
	.meta({ id: 'RefusedWrite' });
export type RefusedWrite = z.infer<typeof RefusedWrite>;

export const RefusedWrites = z.object({ items: z.array(RefusedWrite) }).meta({ id: 'RefusedWrites' });
