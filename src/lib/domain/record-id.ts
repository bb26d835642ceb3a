// Defines the id of a stored row as the API shows it: a positive 63-bit number as a decimal string.
import { z } from 'zod';

export const RecordId = z
	.string()
	.regex(/^\d{1,19}$/)
	.refine((id) => BigInt(id) < 2n ** 63n);
