// Serves the channels of a Supplier: lists, tests, saves and removes them.
import { z } from 'zod';
import { mayDo } from '#lib/domain/access.ts';
import {
	Channel,
	ChannelList,
	ChannelQuery,
	ChannelTest,
	SavedChannel
} from '#lib/domain/on-call/channel.ts';
import { OnCallName } from '#lib/domain/on-call/name.ts';
import { requireSupplier } from '#lib/server/access/caller.ts';
import { jsonBody, parse, readJson } from '#lib/server/http/body.ts';
import { Problem } from '#lib/server/http/problem.ts';
import { readQuery } from '#lib/server/http/query.ts';
import type { Caller, Route } from '#lib/server/http/route.ts';
import type { ChannelRefusal, ChannelUser, Channels } from './channels.ts';
import { KINDS } from './kinds.ts';

/** The settings of a channel as a call gives them. A secret that is left out stays the same; `null` removes it. */
const ChannelIn = z
	.union(
		KINDS.map(({ settings, secrets }) =>
			z.object({
				...settings.shape,
				...Object.fromEntries(secrets.map((field) => [field, (settings.shape[field] as z.ZodType).nullish()]))
			})
		)
	)
	.meta({ id: 'ChannelIn' });

const Given = z.looseObject({ kind: z.string().trim() });

export const channelRoutes: ReadonlyArray<Route<{ channels: Channels }>> = [
	{
		method: 'GET',
		path: '/on-call/channels',
		scope: 'read',
		summary: 'List the channels that send pages, with their last deliveries and without secrets',
		gives: ChannelList,
		handle: async ({ services, caller }) => ({
			status: 200,
			body: { items: await services.channels.list(userOf(caller)) }
		})
	},
	{
		method: 'GET',
		path: '/on-call/channels/{name}',
		scope: 'read',
		summary: 'Read one channel without its secrets',
		gives: Channel,
		async handle({ services, caller, params }) {
			const channel = await services.channels.get(userOf(caller), nameIn(params));
			if (!channel) throw new Problem(404, 'There is no channel of this name');
			return { status: 200, body: channel };
		}
	},
	{
		method: 'PUT',
		path: '/on-call/channels/{name}',
		scope: 'manage',
		refuses: [422],
		summary:
			'Test a channel and save it. Nothing is saved if the receiver does not accept the test message. A secret that is left out stays the same',
		query: ChannelQuery,
		takes: jsonBody(ChannelIn),
		gives: z.union([SavedChannel, ChannelTest]),
		async handle({ services, caller, params, query, body }) {
			const { save } = readQuery(ChannelQuery, query);
			const given = parse(Given, readJson(body));
			const name = parse(z.object({ name: OnCallName }), { name: params['name'] }).name;
			return answer(await services.channels.put(userOf(caller), name, given, save !== 'false'));
		}
	},
	{
		method: 'POST',
		path: '/on-call/channels/{name}/test',
		scope: 'manage',
		refuses: [422],
		summary: 'Send a test message by a stored channel',
		gives: ChannelTest,
		handle: async ({ services, caller, params }) =>
			answer(await services.channels.test(userOf(caller), nameIn(params)))
	},
	{
		method: 'DELETE',
		path: '/on-call/channels/{name}',
		scope: 'manage',
		succeeds: [204],
		refuses: [409],
		summary: 'Delete a channel that no route uses',
		async handle({ services, caller, params }) {
			const refusal = await services.channels.remove(userOf(caller), nameIn(params));
			if (refusal) throw problemOf(refusal);
			return { status: 204 };
		}
	}
];

function userOf(caller: Caller): ChannelUser {
	return { caller, supplierId: requireSupplier(caller), mayManage: mayDo('manage', caller) };
}

/** Returns the name in the path. A text that is no name of a channel is the name of none. */
function nameIn(params: Readonly<Record<string, string>>): string {
	const name = OnCallName.safeParse(params['name']);
	if (!name.success) throw new Problem(404, 'There is no channel of this name');
	return name.data;
}

function answer<T extends object>(result: T | ChannelRefusal): { status: number; body: T } {
	if ('refused' in result) throw problemOf(result);
	return { status: 200, body: result };
}

const problemOf = ({ refused, why, errors }: ChannelRefusal): Problem =>
	new Problem(refused, why, errors ? { errors } : {});
