// The tables of migrations/ as the query builder knows them.
import type { ColumnType, Generated } from 'kysely';
import type { CommandReference } from '#lib/domain/command-reference.ts';
import type { Decision } from '#lib/domain/decision.ts';
import type { EpisodeFacts, EpisodeKind } from '#lib/domain/episode.ts';

type Id = bigint;
type Json<T> = ColumnType<T, string, string>;

export interface Tables {
	supplier: { id: Generated<number>; slug: string; name: string; created_at: Generated<Date> };
	supplier_user: { user_id: Buffer; supplier_id: number };
	api_key: {
		id: Generated<number>;
		supplier_id: number | null;
		hash: Buffer;
		hint: string;
		scopes: string[];
		created_at: Generated<Date>;
		last_used_at: Date | null;
		revoked_at: Date | null;
	};
	member: { user_id: string; supplier_id: number; role: string };
	device: {
		device_id: Buffer;
		device_type: string;
		hub_id: Buffer | null;
		model: string | null;
		firmware: string | null;
		area: string | null;
		updated_at: Generated<Date>;
	};
	tenure: {
		id: Generated<Id>;
		device_id: Buffer;
		supplier_id: number;
		during: string;
		recorded_at: Generated<Date>;
		superseded_at: Date | null;
	};
	message_key: { key: Buffer; digest: Buffer; alert_id: Id };
	alert: {
		id: Id;
		message_id: string;
		device_id: Buffer;
		kind: string;
		code: string;
		dcc_payload: string | null;
		raised_at: Date | null;
		received_at: Date;
		effective_at: Date;
		clock_status: string;
		recipient_id: Buffer | null;
		throttled_count: Id | null;
		reference: Json<CommandReference | null>;
		reference_counter: string | null;
		fed_by: number | null;
		image_hash: string | null;
	};
	request_key: { key: Buffer; request_id: Id };
	service_request: {
		id: Id;
		key: Buffer;
		device_id: Buffer;
		user_id: Buffer;
		variant: string;
		user_role: string;
		user_name: string | null;
		command_variant: number | null;
		mode: string | null;
		requested_at: Date | null;
		execute_at: Date | null;
		responded_at: Date | null;
		response_code: string | null;
		code_at: Date | null;
		source: string | null;
	};
	completeness: { source: string; complete_until: Date; recorded_at: Generated<Date> };
	dictionary: { kind: string; id: number; value: string };
	doorbell: {
		id: Generated<Id>;
		job: string;
		ids: Id[];
		rung_at: Generated<Date>;
	};
	supplier_alert: {
		supplier_id: number;
		alert_id: Id;
		version: Generated<number>;
		seq: Id;
		explanation: string;
		code: string;
		category: string;
		device_id: string;
		hub_id: string | null;
		users: string[];
		roles: string[];
		effective_at: Date;
		settles_at: Date | null;
		due_at: Date | null;
		contradicted: Generated<boolean>;
		table_version: string;
		/** As read; `priority`, `occurrences` and `throttled` are in it too. */
		body: Json<unknown>;
		priority: number;
		occurrences: Id;
		throttled: boolean;
		decision: Json<Decision | null>;
		episode_id: Id | null;
		episode_version: number | null;
		said_version: Generated<number>;
	};
	episode: {
		id: Generated<Id>;
		supplier_id: number;
		key: string;
		kind: EpisodeKind;
		facts: Json<EpisodeFacts>;
		first_at: Date;
		last_at: Date;
		members: number;
		devices: number;
		occurrences: Id;
		at_least: boolean;
		priority: number;
		version: Generated<number>;
		decision: Json<Decision | null>;
		run_from: Date | null;
		run_to: Date | null;
		changed_at: Date | null;
		unsure_since: Date | null;
		look_from: Date | null;
		look_to: Date | null;
	};
	decision: {
		id: Generated<Id>;
		supplier_id: number;
		alert_id: Id;
		version: number;
		verdict: string | null;
		reason: string | null;
		note: string | null;
		decided_by: string;
		decided_by_id: string;
		decided_at: Generated<Date>;
		explanation: string;
		previous: Json<Decision | null>;
	};
	feed_head: { supplier_id: number; seq: Id };
	feed: { supplier_id: number; seq: Id; alert_id: Id; at: Generated<Date> };
}
