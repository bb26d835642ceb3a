// Lists, tests, saves and removes the channels of a Supplier. A channel is saved only after its receiver has accepted a
// test message.
import type pg from 'pg';
import type { z } from 'zod';
import { fieldErrors, type FieldError } from '#lib/domain/field-errors.ts';
import type { Channel, ChannelTest, SavedChannel } from '#lib/domain/on-call/channel.ts';
import type { Recipient } from '#lib/domain/on-call/page.ts';
import { CANNOT_OPEN, createSeal } from '#lib/server/access/seal.ts';
import type { Caller } from '#lib/server/http/route.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';
import * as rows from './channel-rows.ts';
import type { ChannelRow, RecentDeliveries } from './channel-rows.ts';
import type { ChannelKind, Notice } from './channel.ts';
import { createInboundTokens } from './inbound-token.ts';
import { KINDS, kindOf } from './kinds.ts';
import type { SendDeps } from './send-deps.ts';
import { testNotice } from './test-notice.ts';

/** A refused call: its status, and a sentence that says what happened and what to do. */
export interface ChannelRefusal {
	refused: 400 | 404 | 409 | 422;
	why: string;
	errors?: FieldError[];
}

/** A caller of one Supplier. `mayManage`: whether the caller may change channels. */
export interface ChannelUser {
	caller: Caller;
	supplierId: number;
	mayManage: boolean;
}

interface Deps {
	pool: pg.Pool;
	authSecret: string;
	sendDeps: SendDeps;
}

const SUPPLIER = query<{ supplierId: number }>('select id, slug, name from supplier where id = :supplierId');
const PERSON = query<{ userId: string }>(
	'select "id" as "userId", "name", "email" from "user" where "id" = :userId'
);

export type Channels = ReturnType<typeof createChannels>;

export function createChannels({ pool, authSecret, sendDeps }: Deps) {
	const seal = createSeal(authSecret);
	const tokens = createInboundTokens(authSecret);

	/** Returns a channel without its secrets. */
	function show(
		row: ChannelRow,
		{ supplierId, mayManage }: Omit<ChannelUser, 'caller'>,
		recent: RecentDeliveries[]
	): Channel {
		const opened = rows.openRow(seal, supplierId, row);
		const isOpen = 'kind' in opened;
		const counts = recent.find(({ name }) => name === row.name);
		return {
			name: row.name,
			kind: row.kind,
			target: isOpen ? opened.kind.describe(opened.settings) : `not usable: ${opened.problem}`,
			addresses: isOpen ? opened.kind.addresses(opened.settings) : 'target',
			settings: mayManage ? row.settings : null,
			secretsSet: Object.keys(rows.secretsOf(seal, supplierId, row) ?? {}),
			inboundUrl:
				mayManage && isOpen && opened.kind.answersInbound
					? `${sendDeps.origin}/api/v1/on-call/inbound/${tokens.sign({ supplierId, channelId: row.id })}`
					: null,
			savedBy: row.saved_by,
			savedAt: row.saved_at.toISOString(),
			testedAt: row.tested_at?.toISOString() ?? null,
			deliveries: {
				accepted: counts?.accepted ?? 0,
				failed: counts?.failed ?? 0,
				lastAt: counts?.last_at?.toISOString() ?? null
			}
		};
	}

	const read = (supplierId: number, name: string): Promise<ChannelRow | undefined> =>
		asSupplier(pool, supplierId, (client) => rows.readChannel(client, supplierId, name));

	/** Sends a test message. A channel that reaches people sends it to the caller. */
	async function test(
		kind: ChannelKind,
		settings: { kind: string },
		{ caller, supplierId }: ChannelUser,
		channel: string
	): Promise<ChannelTest | ChannelRefusal> {
		const supplier = (await pool.query<Notice['supplier']>(SUPPLIER({ supplierId }))).rows[0]!;
		const isForCaller = kind.addresses(settings) === 'person' && caller.keyId === null;
		const recipient = isForCaller
			? ((await pool.query<Recipient>(PERSON({ userId: caller.id }))).rows[0] ?? null)
			: null;
		const now = sendDeps.now();
		const notice = testNotice({
			channel,
			supplier,
			by: caller.name,
			recipient,
			now,
			origin: sendDeps.origin
		});
		const begin = performance.now();
		const outcome = await kind.send(settings, notice, sendDeps);
		if (outcome.state === 'failed')
			return { refused: 422, why: `The test of the channel failed: ${outcome.error}` };
		return {
			state: outcome.state,
			to: recipient?.email ?? kind.describe(settings),
			status: outcome.status,
			ms: Math.round(performance.now() - begin)
		};
	}

	/** Completes the settings of a call with the secrets that are stored, or with a new secret, and checks them. */
	function complete(
		kind: ChannelKind,
		given: Record<string, unknown>,
		stored: ChannelRow | undefined,
		supplierId: number
	): { settings: { kind: string }; made: string | undefined } | ChannelRefusal {
		const missing = kind.secrets.filter((field) => isLeftOut(given[field]));
		const input = { ...given };
		for (const field of kind.secrets)
			if (missing.includes(field) || given[field] === null) delete input[field];
		const kept = keptSecrets(kind, given, stored, supplierId);
		if (kept === null)
			return { refused: 422, why: `The secret of the channel does not open: ${CANNOT_OPEN}` };
		for (const field of missing) if (Object.hasOwn(kept, field)) input[field] = kept[field];
		let made: string | undefined;
		if (kind.makeSecret && input['secret'] === undefined) input['secret'] = made = kind.makeSecret();
		const parsed = kind.settings.safeParse(input);
		if (!parsed.success)
			return {
				refused: 400,
				why: 'Some fields are not valid; see errors',
				errors: fieldErrors(parsed.error, input)
			};
		const settings = parsed.data as { kind: string };
		return { settings, made };
	}

	/** Returns the stored secrets that new settings keep. `null`: the secrets do not open. */
	function keptSecrets(
		kind: ChannelKind,
		given: Record<string, unknown>,
		stored: ChannelRow | undefined,
		supplierId: number
	): Record<string, string> | null {
		const isComplete = kind.secrets.every((field) => !isLeftOut(given[field]));
		if (stored?.kind !== kind.kind || isComplete) return {};
		// A field that is left out has its default value.
		const valueOf = (field: string): unknown =>
			(kind.settings.shape[field] as z.ZodType).safeParse(given[field]).data;
		const moves = kind.secretsGoTo?.some((field) => valueOf(field) !== stored.settings[field]) ?? false;
		return moves ? {} : rows.secretsOf(seal, supplierId, stored);
	}

	return {
		list: ({ supplierId, ...user }: Omit<ChannelUser, 'caller'>): Promise<Channel[]> =>
			asSupplier(pool, supplierId, async (client) => {
				const all = await rows.readChannels(client, supplierId);
				const names = all.map(({ name }) => name);
				const recent = await rows.recentDeliveries(client, supplierId, names);
				return all.map((row) => show(row, { supplierId, ...user }, recent));
			}),

		get: (user: ChannelUser, name: string): Promise<Channel | null> =>
			asSupplier(pool, user.supplierId, async (client) => {
				const row = await rows.readChannel(client, user.supplierId, name);
				if (!row) return null;
				return show(row, user, await rows.recentDeliveries(client, user.supplierId, [name]));
			}),

		/** Tests these settings, and saves them if the receiver accepted the test. `saves: false`: saves nothing. */
		async put(
			user: ChannelUser,
			name: string,
			given: Record<string, unknown>,
			saves: boolean
		): Promise<SavedChannel | ChannelTest | ChannelRefusal> {
			const { supplierId, caller } = user;
			const kind = kindOf(String(given['kind']));
			if (!kind) return unknownKind();
			const completed = complete(kind, given, await read(supplierId, name), supplierId);
			if ('refused' in completed) return completed;
			const { settings, made } = completed;
			const tested = await test(kind, settings, user, name);
			if ('refused' in tested)
				return {
					...tested,
					why: `${tested.why}. Nothing is saved.${made === undefined ? '' : ' If the receiver checks signatures, agree on a secret first and give it with the settings.'}`
				};
			if (!saves) return tested;
			const saved = await asSupplier(pool, supplierId, async (client) => {
				await rows.saveChannel(client, seal, { supplierId, name, kind, settings, savedBy: caller.name });
				const row = await rows.readChannel(client, supplierId, name);
				return show(row!, user, await rows.recentDeliveries(client, supplierId, [name]));
			});
			return { ...saved, test: tested, ...(made === undefined ? {} : { secret: made }) };
		},

		/** Tests a stored channel. */
		async test(user: ChannelUser, name: string): Promise<ChannelTest | ChannelRefusal> {
			const row = await read(user.supplierId, name);
			if (!row) return NO_SUCH_CHANNEL;
			const opened = rows.openRow(seal, user.supplierId, row);
			if ('problem' in opened) return { refused: 422, why: `The channel is not usable: ${opened.problem}` };
			const tested = await test(opened.kind, opened.settings, user, name);
			if (!('refused' in tested))
				await asSupplier(pool, user.supplierId, (client) => rows.noteTest(client, user.supplierId, row));
			return tested;
		},

		async remove({ supplierId }: ChannelUser, name: string): Promise<ChannelRefusal | null> {
			const routes = await asSupplier(pool, supplierId, (client) =>
				rows.deleteChannel(client, supplierId, name)
			);
			if (routes === null) return NO_SUCH_CHANNEL;
			if (routes.length === 0) return null;
			return {
				refused: 409,
				why: `These routes use the channel: ${routes.join(', ')}. Take the channel out of them first`
			};
		}
	};
}

/** A secret that is left out, or an empty field of a form, stays the same. `null` removes the stored secret. */
const isLeftOut = (value: unknown): boolean => value === undefined || value === '';

const NO_SUCH_CHANNEL: ChannelRefusal = {
	refused: 404,
	why: 'There is no channel of this name; GET /api/v1/on-call/channels lists them'
};

function unknownKind(): ChannelRefusal {
	const message = `must be one of ${KINDS.map(({ kind }) => kind).join(', ')}`;
	return { refused: 400, why: `The kind of the channel ${message}`, errors: [{ path: 'kind', message }] };
}
