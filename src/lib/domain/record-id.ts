// Defines the id of a stored row as the API shows it, a positive 63-bit number as a decimal string, and the version of a
// stored row.
import { z } from 'zod';

const RULE = 'must be the id of a stored row, a decimal number';

export const RecordId = z
	.string(RULE)
	.regex(/^\d{1,19}$/, RULE)
	.refine((id) => /^\d+$/.test(id) && BigInt(id) < 2n ** 63n, RULE);

/** The version of a stored row, as the sender read it. The database stores versions in 32 bits. */
export const RowVersion = z
	.number()
	.int()
	.positive()
	.max(2 ** 31 - 1);
