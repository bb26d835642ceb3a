// Defines a channel as people and integrators read it. No secret is ever part of it.
import { z } from 'zod';

export const Channel = z
	.object({
		name: z.string(),
		kind: z.string(),
		/** Where the messages go, as people read it. */
		target: z.string(),
		/** Whether the channel reaches the person on call, or a target of its own. */
		addresses: z.enum(['person', 'target']),
		/** The settings without secrets. `null`: the caller may not change channels. */
		settings: z.record(z.string(), z.unknown()).nullable(),
		/** The names of the secret fields that are set. */
		secretsSet: z.array(z.string()),
		/** The address at which the service of the channel reports answers of people. `null`: the channel takes none. */
		inboundUrl: z.string().nullable(),
		savedBy: z.string(),
		savedAt: z.string(),
		/** When a receiver last accepted a test message. `null`: the channel came with the installation, untested. */
		testedAt: z.string().nullable(),
		/** The last 20 deliveries of pages: how many were accepted, how many failed, and when the last one changed. */
		deliveries: z.object({
			accepted: z.number().int(),
			failed: z.number().int(),
			lastAt: z.string().nullable()
		})
	})
	.meta({ id: 'Channel' });
export type Channel = z.infer<typeof Channel>;

export const ChannelList = z.object({ items: z.array(Channel) });

/** The result of a test message. `sent`: the next system accepted it. `delivered`: the receiver itself accepted it. */
export const ChannelTest = z
	.object({
		state: z.enum(['sent', 'delivered']),
		to: z.string(),
		status: z.number().int().nullable(),
		ms: z.number().int()
	})
	.meta({ id: 'ChannelTest' });
export type ChannelTest = z.infer<typeof ChannelTest>;

export const SavedChannel = Channel.extend({
	test: ChannelTest,
	/** The secret that Causeway made for a new channel. No later call shows it. */
	secret: z.string().optional()
}).meta({ id: 'SavedChannel' });
export type SavedChannel = z.infer<typeof SavedChannel>;

export const ChannelQuery = z.object({
	/** `false`: only test the settings, and save nothing. */
	save: z.enum(['true', 'false']).optional()
});

/** A field of the form for a kind of channel. */
export interface ChannelField {
	name: string;
	label: string;
	help: string;
	/** `list`: texts that are separated by commas. `secret`: nobody reads it back. */
	input: 'text' | 'number' | 'list' | 'switch' | 'choice' | 'secret';
	isRequired: boolean;
	example: string;
	/** The values of a choice. */
	choices: string[];
}

/** The form for a kind of channel. The server makes it from the settings of the kind. */
export interface ChannelForm {
	kind: string;
	title: string;
	help: string;
	fields: ChannelField[];
}
