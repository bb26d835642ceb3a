// Maps keys to commands. Each page binds its commands to functions, and `?` shows exactly these bindings.

export type Command =
	| 'next'
	| 'previous'
	| 'open'
	| 'actionable'
	| 'ignorable'
	| 'escalate'
	| 'undo'
	| 'show-waiting'
	| 'search'
	| 'help'
	| 'step-back';

const KEYS: ReadonlyArray<{ keys: readonly string[]; label: string; command: Command }> = [
	{ keys: ['j', 'ArrowDown'], label: 'j ↓', command: 'next' },
	{ keys: ['k', 'ArrowUp'], label: 'k ↑', command: 'previous' },
	{ keys: ['Enter', 'o'], label: 'Enter o', command: 'open' },
	{ keys: ['a'], label: 'a', command: 'actionable' },
	{ keys: ['i'], label: 'i', command: 'ignorable' },
	{ keys: ['e'], label: 'e', command: 'escalate' },
	{ keys: ['u'], label: 'u', command: 'undo' },
	{ keys: ['n'], label: 'n', command: 'show-waiting' },
	{ keys: ['/'], label: '/', command: 'search' },
	{ keys: ['?'], label: '?', command: 'help' },
	{ keys: ['Escape'], label: 'Esc', command: 'step-back' }
];

/** The commands of one page, each with a description for the help. Keys.svelte adds the command `help`. */
export type Bindings = Partial<Record<Exclude<Command, 'help'>, { description: string; run: () => void }>>;

/** Returns the keys of a page with their descriptions, in the same order on every page. */
export const shownKeys = (bindings: Bindings): Array<{ label: string; description: string }> =>
	KEYS.flatMap(({ label, command }) => {
		const description = command === 'help' ? 'show these keys' : bindings[command]?.description;
		return description ? [{ label, description }] : [];
	});

const byKey = new Map(KEYS.flatMap(({ keys, command }) => keys.map((key) => [key, command] as const)));

export type Press = { kind: 'command'; command: Command } | { kind: 'digit'; digit: string };

/** Reads a key press. Returns `null` for typed text, a browser shortcut, and a key that the focused control uses. */
export function readPress(event: KeyboardEvent): Press | null {
	if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing)
		return null;
	const target = event.target instanceof Element ? event.target : null;
	// An open dialog has keys of its own.
	if (target?.closest('dialog')) return null;
	if (event.key !== 'Escape' && target?.closest('input, textarea, select, [contenteditable]')) return null;
	if ((event.key === 'Enter' || event.key === ' ') && target?.closest('button, a, summary')) return null;
	// While the drawer has the focus, the arrow keys scroll the drawer.
	if (event.key.startsWith('Arrow') && target?.closest('[data-drawer-body]')) return null;
	if (/^[1-9]$/.test(event.key)) return { kind: 'digit', digit: event.key };
	const command = byKey.get(event.key);
	return command ? { kind: 'command', command } : null;
}
