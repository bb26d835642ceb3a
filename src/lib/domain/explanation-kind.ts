// Lists the kinds of explanation that the machine gives to an Alert.
import { z } from 'zod';

export const ExplanationKind = z.enum([
	'exact',
	'likely',
	'ambiguous',
	'pending',
	'unexplained',
	'not-command',
	'out-of-scope'
]);
export type ExplanationKind = z.infer<typeof ExplanationKind>;

/** Returns whether an explanation of this kind names one Service Request as the suspect. */
export const namesSuspect = (kind: ExplanationKind): boolean => kind === 'exact' || kind === 'likely';
