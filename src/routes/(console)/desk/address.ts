// Builds addresses of the desk from the present address.

/** Returns the address with the Alert `id` open beside the list; `null`: with no open Alert. */
export function withAlert(present: URL, id: string | null): URL {
	const url = new URL(present);
	if (id) url.searchParams.set('alert', id);
	else url.searchParams.delete('alert');
	return url;
}
