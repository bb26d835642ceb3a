// Tests up to which instant the audit data of one Supplier is complete.
import { expect, it } from 'vitest';
import { completeUntilFor } from '#lib/domain/completeness.ts';

const [BRIGHTWELL, HALDEN] = [1, 2];
const installation = (until: number | null) => ({ supplierId: null, until });
const brightwell = (until: number | null) => ({ supplierId: BRIGHTWELL, until });

it('is not known without a source', () => {
	expect(completeUntilFor(BRIGHTWELL, [])).toBeNull();
	expect(completeUntilFor(HALDEN, [brightwell(7)])).toBeNull();
});

it('is the earlier mark of the installation and of the Supplier itself', () => {
	expect(completeUntilFor(BRIGHTWELL, [installation(9), brightwell(7)])).toBe(7);
	expect(completeUntilFor(BRIGHTWELL, [installation(5), brightwell(7)])).toBe(5);
	expect(completeUntilFor(HALDEN, [installation(9), brightwell(7)])).toBe(9);
});

it('is not known while a source of the installation or of the Supplier has not reported', () => {
	expect(completeUntilFor(BRIGHTWELL, [brightwell(7), installation(null)])).toBeNull();
	expect(completeUntilFor(BRIGHTWELL, [brightwell(null), installation(9)])).toBeNull();
	expect(completeUntilFor(HALDEN, [brightwell(null), installation(9)])).toBe(9);
});
