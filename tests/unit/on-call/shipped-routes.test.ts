// Tests the usual routes: a Supplier can save each of them, and each pages about what its name says.
import { expect, test } from 'vitest';
import { OnCallName } from '#lib/domain/on-call/name.ts';
import { RouteIn, matches, type RouteFacts } from '#lib/domain/on-call/route.ts';
import { shippedRoutes } from '#lib/domain/on-call/shipped-routes.ts';

const shipped = shippedRoutes('Night desk', ['mail']);
const facts: RouteFacts = {
	explanation: 'likely',
	category: 'power',
	code: '8F57',
	priority: 3,
	area: null,
	contradicted: false,
	decided: false,
	devices: 0
};
const takes = (changes: Partial<RouteFacts>): string | undefined =>
	shipped.find(({ route }) => matches(route.when, { ...facts, ...changes }))?.name;

test.each(shipped)('$name can be saved, and says why in one sentence', ({ name, why, route }) => {
	expect(OnCallName.parse(name)).toBe(name);
	expect(RouteIn.parse(route)).toEqual(route);
	expect(route).toMatchObject({ rota: 'Night desk', channels: ['mail'] });
	expect(why).toMatch(/^[A-Z].*\.$/);
});

test('the usual routes page about these Alerts, and about no others', () => {
	expect(takes({ category: 'security', explanation: 'unexplained' })).toMatch(/^Security or tamper/);
	expect(takes({ category: 'tamper', explanation: 'not-command' })).toMatch(/^Security or tamper/);
	expect(takes({ devices: 50 })).toMatch(/^Storm/);
	expect(takes({ decided: true, contradicted: true })).toMatch(/^Contradiction/);
	expect(takes({ category: 'security' })).toBeUndefined();
	expect(takes({ explanation: 'unexplained' })).toBeUndefined();
	expect(takes({ devices: 49 })).toBeUndefined();
	expect(takes({ devices: 50, decided: true })).toBeUndefined();
});
