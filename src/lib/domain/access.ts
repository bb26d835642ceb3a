// Lists the scopes of API keys and the roles of people.

/** An API key may use only the calls that its scopes allow. */
export const SCOPES = ['ingest', 'read', 'decide'] as const;
export type Scope = (typeof SCOPES)[number];

/** The roles of members. Each member has one role at one Supplier. */
export const MEMBER_ROLES = ['controller', 'lead', 'officer', 'engineer'] as const;
export type MemberRole = (typeof MEMBER_ROLES)[number];
