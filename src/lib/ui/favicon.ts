// Draws the icon of the browser tab: how many Alerts need a decision, "!" for a feed fault, or "?" without a connection.

export interface FaviconState {
	/** Whether the browser has a live connection to the server. */
	isConnected: boolean;
	hasFeedFault: boolean;
	/** The number of Alerts that need a decision; `undefined`: not known yet. */
	undecided: number | undefined;
}

/** Returns the mark on the icon, of three characters at most; an empty text: no mark. The worst news goes first. */
export function faviconMark({ isConnected, hasFeedFault, undecided = 0 }: FaviconState): string {
	if (!isConnected) return '?';
	if (hasFeedFault) return '!';
	if (undecided === 0) return '';
	return undecided > 99 ? '99+' : String(undecided);
}

/** Returns the address of an icon with this mark, as a data URL. `null`: the plain icon, which the server holds. */
export function faviconAddress(mark: string): string | null {
	if (mark === '') return null;
	const size = mark.length > 2 ? 15 : mark.length > 1 ? 20 : 26;
	return `data:image/svg+xml,${encodeURIComponent(
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#eceef0" stroke="#24282d" stroke-width="2"/><text x="16" y="17" text-anchor="middle" dominant-baseline="central" font-family="sans-serif" font-size="${size}" font-weight="700" fill="#17191c">${mark}</text></svg>`
	)}`;
}
