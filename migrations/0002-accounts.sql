-- People: the tables of the sign-in library (better-auth), and which Supplier a person works for.

create table "user" (
	"id" text primary key,
	"name" text not null,
	"email" text not null unique,
	"emailVerified" boolean not null,
	"image" text,
	"createdAt" timestamptz not null default now(),
	"updatedAt" timestamptz not null default now()
);

create table "session" (
	"id" text primary key,
	"expiresAt" timestamptz not null,
	"token" text not null unique,
	"createdAt" timestamptz not null default now(),
	"updatedAt" timestamptz not null,
	"ipAddress" text,
	"userAgent" text,
	"userId" text not null references "user" ("id") on delete cascade
);
create index session_of_user on "session" ("userId");

create table "account" (
	"id" text primary key,
	"accountId" text not null,
	"providerId" text not null,
	"userId" text not null references "user" ("id") on delete cascade,
	"accessToken" text,
	"refreshToken" text,
	"idToken" text,
	"accessTokenExpiresAt" timestamptz,
	"refreshTokenExpiresAt" timestamptz,
	"scope" text,
	"password" text,
	"createdAt" timestamptz not null default now(),
	"updatedAt" timestamptz not null
);
create index account_of_user on "account" ("userId");

create table "verification" (
	"id" text primary key,
	"identifier" text not null,
	"value" text not null,
	"expiresAt" timestamptz not null,
	"createdAt" timestamptz not null default now(),
	"updatedAt" timestamptz not null default now()
);
create index verification_identifier on "verification" ("identifier");

create table member (
	user_id text primary key references "user" ("id") on delete cascade,
	supplier_id smallint not null references supplier,
	role text not null check (role in ('controller', 'lead', 'officer', 'engineer'))
);

grant select, insert, update, delete on "user", "session", "account", "verification" to causeway_web;
grant select, insert, update on member to causeway_web;
