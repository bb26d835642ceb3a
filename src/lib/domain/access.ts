// Lists the scopes of API keys and the roles of people, and says in one table who may do what. Every route, the socket
// and every page reads this table.

/** An API key may use only the calls that its scopes allow. */
export const SCOPES = ['ingest', 'read', 'decide', 'manage'] as const;
export type Scope = (typeof SCOPES)[number];

/** The roles of people of a Supplier. Each person has one role at one Supplier. */
export const SUPPLIER_ROLES = ['controller', 'lead', 'on-call', 'officer', 'engineer', 'viewer'] as const;
/** The roles of people of the installation, who belong to no Supplier. */
export const INSTALLATION_ROLES = ['engineer', 'admin'] as const;
export const MEMBER_ROLES = [...new Set([...SUPPLIER_ROLES, ...INSTALLATION_ROLES])] as const;
export type SupplierRole = (typeof SUPPLIER_ROLES)[number];
export type InstallationRole = (typeof INSTALLATION_ROLES)[number];
export type MemberRole = SupplierRole | InstallationRole;

/** Returns the roles of people of a Supplier. `supplierId: null`: returns the roles of people of the installation. */
export const rolesOf = (supplierId: number | null): readonly MemberRole[] =>
	supplierId === null ? INSTALLATION_ROLES : SUPPLIER_ROLES;

/** A person or an API key. */
export interface Holder {
	/** The Supplier of the holder; `null`: the holder belongs to the whole installation. */
	supplierId: number | null;
	/** The role of a person; `null`: the holder is an API key. */
	role: MemberRole | null;
	/** The scopes of an API key. A person has none. */
	scopes: readonly string[];
}

interface Right {
	/** What a holder does, as a sentence continues after "cannot". */
	text: string;
	/** The scope of the keys that may do it; `null`: no key may. */
	scope: Scope | null;
	/** Whose keys may do it. */
	keysOf: readonly ('supplier' | 'installation')[];
	supplierRoles: readonly SupplierRole[];
	installationRoles: readonly InstallationRole[];
}

const DECIDERS = ['controller', 'lead', 'on-call', 'officer', 'engineer'] as const;
const DRAFTERS = ['lead', 'officer', 'engineer'] as const;

/** Who may do what. Nobody else may. */
export const RIGHTS = {
	ingest: {
		text: 'send records',
		scope: 'ingest',
		keysOf: ['supplier', 'installation'],
		supplierRoles: [],
		installationRoles: []
	},
	read: {
		text: 'read the data of a Supplier',
		scope: 'read',
		keysOf: ['supplier'],
		supplierRoles: SUPPLIER_ROLES,
		installationRoles: []
	},
	// Each reads its own part: a Supplier its own feeds and those of the installation, the installation all feeds.
	'see-feeds': {
		text: 'see the state of the feeds',
		scope: 'read',
		keysOf: ['supplier', 'installation'],
		supplierRoles: SUPPLIER_ROLES,
		installationRoles: INSTALLATION_ROLES
	},
	decide: {
		text: 'decide Alerts',
		scope: 'decide',
		keysOf: ['supplier'],
		supplierRoles: DECIDERS,
		installationRoles: []
	},
	manage: {
		text: 'change channels, rotas, routes, standing decisions and the hours of shifts',
		scope: 'manage',
		keysOf: ['supplier'],
		supplierRoles: ['lead', 'engineer'],
		installationRoles: []
	},
	// Each person takes over shifts itself. Only those who may manage put other people on call.
	'change-shifts': {
		text: 'change shifts of a rota',
		scope: 'manage',
		keysOf: ['supplier'],
		supplierRoles: DECIDERS,
		installationRoles: []
	},
	'review-patterns': {
		text: 'review learned patterns',
		scope: null,
		keysOf: [],
		supplierRoles: DRAFTERS,
		installationRoles: []
	},
	'read-cause-table': {
		text: 'read the cause table',
		scope: 'read',
		keysOf: ['supplier', 'installation'],
		supplierRoles: SUPPLIER_ROLES,
		installationRoles: INSTALLATION_ROLES
	},
	'draft-cause-table': {
		text: 'change the cause table',
		scope: null,
		keysOf: [],
		supplierRoles: DRAFTERS,
		installationRoles: INSTALLATION_ROLES
	},
	// One cause table explains the Alerts of all Suppliers. So people of one Supplier do not decide about it.
	'activate-cause-table': {
		text: 'propose or activate a cause table, because it explains the Alerts of all Suppliers',
		scope: null,
		keysOf: [],
		supplierRoles: [],
		installationRoles: INSTALLATION_ROLES
	},
	'see-installation': {
		text: 'see the state of the installation',
		scope: 'read',
		keysOf: ['installation'],
		supplierRoles: [],
		installationRoles: INSTALLATION_ROLES
	}
} as const satisfies Record<string, Right>;

export type Action = keyof typeof RIGHTS;

/** Returns whether the holder may do this. */
export const mayDo = (action: Action, holder: Holder): boolean => whyNot(action, holder) === null;

/** Returns a sentence that says why the holder may not do this, and who may; `null`: the holder may do it. */
export function whyNot(action: Action, { supplierId, role, scopes }: Holder): string | null {
	const right: Right = RIGHTS[action];
	const side = supplierId === null ? 'installation' : 'supplier';
	if (role !== null) {
		const roles: readonly string[] = side === 'supplier' ? right.supplierRoles : right.installationRoles;
		if (roles.includes(role)) return null;
		const who = `${withArticle(role)} of ${side === 'supplier' ? 'a Supplier' : 'the installation'}`;
		return `${capital(who)} cannot ${right.text}; ${whoMay(action)}`;
	}
	if (right.scope === null) return `A key cannot ${right.text}: sign in as a person; ${whoMay(action)}`;
	if (!scopes.includes(right.scope))
		return `This call needs the scope "${right.scope}", which the caller does not have`;
	if (right.keysOf.includes(side)) return null;
	return side === 'installation'
		? `A key of the whole installation cannot ${right.text}; use a key made with --supplier SLUG`
		: `A key of a Supplier cannot ${right.text}; use a key made with --supplier '*'`;
}

/** Returns the part of a sentence that says which people and which keys may do this. */
export function whoMay(action: Action): string {
	const right: Right = RIGHTS[action];
	const people = [
		rolesText(right.supplierRoles, 'of a Supplier'),
		rolesText(right.installationRoles, 'of the installation')
	];
	const keys = right.scope === null ? '' : `a key with the scope ${right.scope}`;
	return `${list([...people, keys].filter(Boolean))} may`;
}

const rolesText = (roles: readonly string[], whose: string): string =>
	roles.length === 0 ? '' : `${list(roles.map(withArticle))} ${whose}`;

const withArticle = (role: string): string =>
	role === 'on-call' ? 'a person on call' : `${/^[aeiou]/.test(role) ? 'an' : 'a'} ${role}`;
const capital = (text: string): string => text[0]!.toUpperCase() + text.slice(1);
const list = (words: readonly string[]): string =>
	words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
