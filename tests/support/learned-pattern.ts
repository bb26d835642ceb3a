// Builds a learned pattern: reads of the supplier agent before Alerts with code 81AF on electricity meters.
import type { LearnedPattern } from '#lib/domain/learned-pattern.ts';

export const readOfIdentity = {
	deviceType: 'ESME',
	code: '81AF',
	serviceReferenceVariant: '6.2.4',
	userRole: 'RSA',
	relation: 'same-device'
} as const;

/** Makes a learned pattern that is offered, unless `fields` say otherwise. */
export const aPattern = (fields: Partial<LearnedPattern> = {}): LearnedPattern => ({
	...readOfIdentity,
	withinSeconds: 600,
	seen: 412,
	of: 430,
	byChance: 3,
	lift: 137,
	low: 40,
	high: 400,
	devices: 300,
	offered: true,
	...fields
});
