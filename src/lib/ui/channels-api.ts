// Calls the API of channels from the browser.
import { ChannelTest, SavedChannel } from '#lib/domain/on-call/channel.ts';
import * as messages from '#messages/channels.ts';
import { callApi, type Answer } from './call-api.ts';

const pathOf = (name: string): string => `/on-call/channels/${encodeURIComponent(name)}`;

/** Tests these settings and saves nothing. */
export const tryChannel = (name: string, settings: object): Promise<Answer<ChannelTest>> =>
	callApi(`${pathOf(name)}?save=false`, (body) => ChannelTest.parse(body), { method: 'PUT', body: settings });

/** Tests these settings, and saves them if the receiver accepted the test. */
export const saveChannel = (name: string, settings: object): Promise<Answer<SavedChannel>> =>
	callApi(pathOf(name), (body) => SavedChannel.parse(body), { method: 'PUT', body: settings });

export const testChannel = (name: string): Promise<Answer<ChannelTest>> =>
	callApi(`${pathOf(name)}/test`, (body) => ChannelTest.parse(body), { method: 'POST' });

export const deleteChannel = (name: string): Promise<Answer<true>> =>
	callApi(pathOf(name), () => true as const, { method: 'DELETE' });

/** Says that a receiver accepted a test. */
export const testText = ({ state, to, ms }: ChannelTest): string =>
	state === 'delivered' ? messages.test_delivered({ to, ms }) : messages.test_sent({ to, ms });
