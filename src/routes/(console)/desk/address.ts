// Builds addresses of the desk.
import type { ViewName } from '#lib/ui/views.ts';

/** Returns the address with the Alert `id` open beside the list; `null`: with no open Alert. */
export function withAlert(present: URL, id: string | null): URL {
	const url = new URL(present);
	if (id) url.searchParams.set('alert', id);
	else url.searchParams.delete('alert');
	return url;
}

/** Returns the address of a view without filters. */
export const viewAddress = (view: ViewName): string => (view === 'needs-decision' ? '/' : `/?view=${view}`);
