// The scopes of keys and the roles of people.

/** A key may do what its scopes name. */
export const SCOPES = ['ingest', 'read', 'decide'] as const;
export type Scope = (typeof SCOPES)[number];

/** Each person has one role at one Supplier. */
export const MEMBER_ROLES = ['controller', 'lead', 'officer', 'engineer'] as const;
export type MemberRole = (typeof MEMBER_ROLES)[number];
