// Defines a list of Alert codes in a condition of on call.
import { z } from 'zod';

export const AlertCodes = z
	.array(
		z
			.string()
			.trim()
			.toUpperCase()
			.regex(/^[0-9A-Z]{2,8}$/, 'must be an Alert code such as 8F30')
	)
	.min(1);
