// The keys of the console. A page says what it does at a command: what it obeys is what `?` shows.

export type Command =
	'next' | 'previous' | 'open' | 'actionable' | 'ignorable' | 'undo' | 'bring-in' | 'search' | 'help' | 'out';

const KEYS: ReadonlyArray<{ keys: readonly string[]; shown: string; command: Command }> = [
	{ keys: ['j', 'ArrowDown'], shown: 'j ↓', command: 'next' },
	{ keys: ['k', 'ArrowUp'], shown: 'k ↑', command: 'previous' },
	{ keys: ['Enter', 'o'], shown: 'Enter o', command: 'open' },
	{ keys: ['a'], shown: 'a', command: 'actionable' },
	{ keys: ['i'], shown: 'i', command: 'ignorable' },
	{ keys: ['u'], shown: 'u', command: 'undo' },
	{ keys: ['n'], shown: 'n', command: 'bring-in' },
	{ keys: ['/'], shown: '/', command: 'search' },
	{ keys: ['?'], shown: '?', command: 'help' },
	{ keys: ['Escape'], shown: 'Esc', command: 'out' }
];

/** What one page does at which command, and how it tells. Help is the same on every page (Keys.svelte). */
export type Bindings = Partial<Record<Exclude<Command, 'help'>, { what: string; run: () => void }>>;

/** The keys of a page, in one order on all of them. */
export const shownKeys = (bindings: Bindings): Array<{ shown: string; what: string }> =>
	KEYS.flatMap(({ shown, command }) => {
		const what = command === 'help' ? 'these keys' : bindings[command]?.what;
		return what ? [{ shown, what }] : [];
	});

const byKey = new Map(KEYS.flatMap(({ keys, command }) => keys.map((key) => [key, command] as const)));

export type Press = { kind: 'command'; command: Command } | { kind: 'digit'; digit: string };

/** What a key press asks for, or `null`: typed text, browser shortcuts and keys of a control are left alone. */
export function readPress(event: KeyboardEvent): Press | null {
	if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing)
		return null;
	const at = event.target instanceof Element ? event.target : null;
	if (event.key !== 'Escape' && at?.closest('input, textarea, select, [contenteditable]')) return null;
	if ((event.key === 'Enter' || event.key === ' ') && at?.closest('button, a, summary')) return null;
	// The detail scrolls with the arrows while it has the focus.
	if (event.key.startsWith('Arrow') && at?.closest('[data-drawer-body]')) return null;
	if (/^[1-9]$/.test(event.key)) return { kind: 'digit', digit: event.key };
	const command = byKey.get(event.key);
	return command ? { kind: 'command', command } : null;
}
