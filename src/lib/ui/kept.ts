// Keeps a text in this browser. A browser that lets the page store nothing keeps none, and the page works without.

/** Returns the kept text; `null`: none. */
export function kept(name: string): string | null {
	try {
		return localStorage.getItem(name);
	} catch {
		return null;
	}
}

export function keep(name: string, text: string): void {
	try {
		localStorage.setItem(name, text);
	} catch {
		// The page has the value as long as it is open.
	}
}
