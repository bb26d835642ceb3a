// Tests the table of rights: which role and which key may do what, and the sentence that a refused caller reads.
import { describe, expect, it } from 'vitest';
import { RIGHTS, SCOPES, mayDo, rolesOf, whyNot, type Action, type Holder } from '#lib/domain/access.ts';
import { routes } from '#lib/server/api/routes.ts';
import { pagesOf, pathInstead } from '#lib/ui/pages.ts';

const ACTIONS = Object.keys(RIGHTS) as Action[];
const holders: Record<string, Holder> = {
	'key of a Supplier': { supplierId: 1, role: null, scopes: SCOPES },
	'key of the installation': { supplierId: null, role: null, scopes: SCOPES },
	...Object.fromEntries(
		[1, null].flatMap((supplierId) =>
			rolesOf(supplierId).map((role) => [
				`${role} of ${supplierId === null ? 'the installation' : 'a Supplier'}`,
				{ supplierId, role, scopes: [] }
			])
		)
	)
};

describe('the table of rights', () => {
	it('allows exactly these actions to each holder', () => {
		const ofOfficer = [
			'read',
			'see-feeds',
			'decide',
			'change-shifts',
			'review-patterns',
			'read-cause-table',
			'draft-cause-table'
		];
		const ofLead = ACTIONS.filter((action) => [...ofOfficer, 'manage'].includes(action));
		const ofInstallation = [
			'see-feeds',
			'read-cause-table',
			'draft-cause-table',
			'activate-cause-table',
			'see-installation'
		];
		expect(
			Object.fromEntries(
				Object.entries(holders).map(([name, holder]) => [name, ACTIONS.filter((a) => mayDo(a, holder))])
			)
		).toEqual({
			'key of a Supplier': [
				'ingest',
				'read',
				'see-feeds',
				'decide',
				'manage',
				'change-shifts',
				'read-cause-table'
			],
			'key of the installation': ['ingest', 'see-feeds', 'read-cause-table', 'see-installation'],
			'controller of a Supplier': ['read', 'see-feeds', 'decide', 'change-shifts', 'read-cause-table'],
			'on-call of a Supplier': ['read', 'see-feeds', 'decide', 'change-shifts', 'read-cause-table'],
			'lead of a Supplier': ofLead,
			'officer of a Supplier': ofOfficer,
			'engineer of a Supplier': ofLead,
			'viewer of a Supplier': ['read', 'see-feeds', 'read-cause-table'],
			'engineer of the installation': ofInstallation,
			'admin of the installation': ofInstallation
		});
	});

	it('allows nothing to a key without scopes', () => {
		for (const supplierId of [1, null])
			expect(ACTIONS.filter((action) => mayDo(action, { supplierId, role: null, scopes: [] }))).toEqual([]);
	});

	it('names in each refusal who may', () => {
		expect(whyNot('decide', holders['viewer of a Supplier']!)).toBe(
			'A viewer of a Supplier cannot decide Alerts; a controller, a lead, a person on call, an officer or an engineer of a Supplier or a key with the scope decide may'
		);
		expect(whyNot('read', holders['admin of the installation']!)).toMatch(
			/^An admin of the installation cannot read the data of a Supplier; a controller, /
		);
		expect(whyNot('read', holders['key of the installation']!)).toBe(
			'A key of the whole installation cannot read the data of a Supplier; use a key made with --supplier SLUG'
		);
		expect(whyNot('see-installation', holders['key of a Supplier']!)).toBe(
			"A key of a Supplier cannot see the state of the installation; use a key made with --supplier '*'"
		);
	});

	it('has the scope of each route that a key may call', () => {
		for (const { scope, action = scope } of routes)
			if (scope !== null) expect([scope, null]).toContain(RIGHTS[action!].scope);
	});
});

describe('the pages', () => {
	it('start with the Alerts for people of a Supplier, and with the installation for its people', () => {
		expect(pagesOf({ supplierId: 1, role: 'viewer' }).map(({ path }) => path)).toEqual([
			'/',
			'/episodes',
			'/standing-decisions',
			'/on-call',
			'/feeds',
			'/cause-table',
			'/accuracy'
		]);
		const admin = { supplierId: null, role: 'admin' } as const;
		expect(pagesOf(admin).map(({ path }) => path)).toEqual([
			'/installation',
			'/feeds',
			'/cause-table',
			'/accuracy'
		]);
		expect(pathInstead('/', admin)).toBe('/installation');
		expect(pathInstead('/cause-table', admin)).toBeNull();
		expect(pathInstead('/installation', { supplierId: 1, role: 'lead' })).toBe('/');
		expect(pathInstead('/no-such-page', admin)).toBeNull();
	});
});
