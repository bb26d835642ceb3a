// Builds the addresses of the cause table page: its parameters name the version, the open row and the open panel.

/** Returns the address with changed parameters. A value of `null` removes the parameter. */
export function changedAddress(from: URL, change: Record<string, string | null>): string {
	const url = new URL(from);
	for (const [name, value] of Object.entries(change)) {
		if (value === null) url.searchParams.delete(name);
		else url.searchParams.set(name, value);
	}
	return url.pathname + url.search;
}
