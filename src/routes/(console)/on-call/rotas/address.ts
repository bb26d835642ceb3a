// Returns the address of the page of rotas with other parameters.

/** `null` removes a parameter. */
export function rotasAddress(params: URLSearchParams, changes: Record<string, string | null>): string {
	const changed = new URLSearchParams(params);
	for (const [name, value] of Object.entries(changes))
		if (value === null) changed.delete(name);
		else changed.set(name, value);
	return changed.size > 0 ? `/on-call/rotas?${changed}` : '/on-call/rotas';
}
