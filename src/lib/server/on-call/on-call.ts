// Wires on call for the web process: its services, and the routes of its API.
import type pg from 'pg';
import type { AccessServices } from '#lib/server/access/caller.ts';
import type { Decisions } from '#lib/server/decisions/decisions.ts';
import type { Route } from '#lib/server/http/route.ts';
import type { Config } from '#lib/server/process/config.ts';
import type { Redis } from '#lib/server/process/redis.ts';
import { createRateLimit } from '#lib/server/access/rate-limit.ts';
import { answerRoutes } from './answers/answer-routes.ts';
import { createInbound } from './answers/inbound.ts';
import { createLinkAnswers } from './answers/link-answers.ts';
import { channelRoutes } from './channels/channel-routes.ts';
import { createChannels } from './channels/channels.ts';
import type { SendDeps } from './channels/send-deps.ts';
import { createResend } from './deliveries/resend.ts';
import { createMaintenance } from './maintenance/maintenance.ts';
import { maintenanceRoutes } from './maintenance/maintenance-routes.ts';
import type { AfterDeps } from './pages/after-commit.ts';
import { createAnswers } from './pages/answers.ts';
import { createPageReader } from './pages/page-reader.ts';
import { pageRoutes } from './pages/page-routes.ts';
import { calendarRoutes } from './rotas/calendar-routes.ts';
import { createCalendars } from './rotas/calendars.ts';
import { rotaChangeRoutes } from './rotas/rota-change-routes.ts';
import { createRotaChanges } from './rotas/rota-changes.ts';
import { pushRoutes } from './channels/web-push/push-routes.ts';
import { rotaRoutes } from './rotas/rota-routes.ts';
import { createRotas } from './rotas/rotas.ts';
import { routePreviewRoutes } from './routing/preview-routes.ts';
import { createRoutePreviews } from './routing/preview.ts';
import { onCallRouteRoutes } from './routing/route-routes.ts';
import { createRoutes } from './routing/routes.ts';

interface OnCallDeps extends AfterDeps {
	config: Pick<Config, 'authSecret' | 'origin'>;
	/** Sessions of the role of the web process. */
	pool: pg.Pool;
	decisions: Decisions;
	sendDeps: SendDeps;
	redis: Redis;
}

/** The most calls a minute of one network address that need no sign-in. */
const MOST_OPEN_CALLS = 120;

export type OnCall = ReturnType<typeof createOnCall>;

/** Creates the services of on call. */
export function createOnCall(deps: OnCallDeps) {
	const { config, pool, decisions, sendDeps, jobs, redis } = deps;
	const { authSecret, origin } = config;
	const pages = createPageReader({ pool, origin });
	const answers = createAnswers({ ...deps, decisions });
	return {
		channels: createChannels({ pool, authSecret: config.authSecret, sendDeps }),
		onCallRoutes: createRoutes(pool),
		routePreviews: createRoutePreviews(pool),
		rotas: createRotas({ pool }),
		rotaChanges: createRotaChanges({ pool }),
		calendars: createCalendars({ pool, authSecret: config.authSecret, origin: config.origin }),
		sendDeps,
		maintenance: createMaintenance(pool),
		pages,
		answers,
		linkAnswers: createLinkAnswers({ pool, authSecret, answers, pages }),
		inbound: createInbound({ pool, authSecret, origin, answers }),
		openCalls: createRateLimit(redis, 'open-calls', MOST_OPEN_CALLS),
		resend: createResend({ pool, jobs })
	};
}

/** The routes of the API of on call. */
export const onCallApi: ReadonlyArray<Route<OnCall & AccessServices>> = [
	...channelRoutes,
	...rotaRoutes,
	...rotaChangeRoutes,
	...calendarRoutes,
	...pushRoutes,
	...onCallRouteRoutes,
	...routePreviewRoutes,
	...maintenanceRoutes,
	...pageRoutes,
	...answerRoutes
];
