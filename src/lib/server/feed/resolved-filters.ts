// Resolves the filters of a call: who is `me`, and which instants the ages mean now.
import { resolveFilters } from '#lib/domain/alert-filter.ts';
import type { Caller } from '#lib/server/http/route.ts';

export const resolvedFor = <F extends Parameters<typeof resolveFilters>[0]>(caller: Caller, filters: F) =>
	resolveFilters(filters, { callerId: caller.id, nowMs: Date.now() });
