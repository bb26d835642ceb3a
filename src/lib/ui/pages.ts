// Lists the pages of the console and who may open each.
import * as common from '#messages/common.ts';
import * as messages from '#messages/frame.ts';
import { mayDo, type Action, type MemberRole } from '#lib/domain/access.ts';

/** A signed-in person. */
interface Person {
	supplierId: number | null;
	role: MemberRole;
}

export interface Page {
	path: string;
	label: () => string;
	action: Action;
}

export const PAGES: readonly Page[] = [
	{ path: '/', label: common.alerts, action: 'read' },
	{ path: '/episodes', label: common.episodes, action: 'read' },
	{ path: '/standing-decisions', label: messages.standing_decisions, action: 'read' },
	{ path: '/on-call', label: common.on_call, action: 'read' },
	{ path: '/installation', label: messages.installation, action: 'see-installation' },
	{ path: '/feeds', label: common.feeds, action: 'see-feeds' },
	{ path: '/cause-table', label: messages.cause_table, action: 'read-cause-table' },
	{ path: '/accuracy', label: messages.accuracy, action: 'read-cause-table' }
];

/** Returns the pages that a signed-in person may open. The first page is the person's start page. */
export const pagesOf = (person: Person): Page[] =>
	PAGES.filter(({ action }) => mayDo(action, { ...person, scopes: [] }));

/**
 * Returns the path of the start page if the person may not open the page at `path`; `null`: the person may open the
 * page, or there is no such page.
 */
export function pathInstead(path: string, person: Person): string | null {
	if (!PAGES.some((page) => isWithin(path, page))) return null;
	const pages = pagesOf(person);
	return pages.some((page) => isWithin(path, page)) ? null : pages[0]!.path;
}

/** Returns whether the path is that of the page, or of a page below it. */
export const isWithin = (path: string, page: Pick<Page, 'path'>): boolean =>
	path === page.path || (page.path !== '/' && path.startsWith(`${page.path}/`));
