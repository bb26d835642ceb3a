// Defines the name of a channel, a rota or a route. A Supplier's names of one kind differ.
import { z } from 'zod';

const RULE =
	'must be 1 to 60 letters, digits, spaces, dots, dashes or underscores, and begin with a letter or a digit';

export const OnCallName = z
	.string(RULE)
	.trim()
	.regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,59}$/u, RULE);
