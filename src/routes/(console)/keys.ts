// The keys of the console, and what they are told to do. One table: it is obeyed and it is shown by `?`.

export type Command =
	'next' | 'previous' | 'open' | 'actionable' | 'ignorable' | 'undo' | 'bring-in' | 'search' | 'help' | 'out';

export const KEYS: ReadonlyArray<{ keys: readonly string[]; shown: string; command: Command; what: string }> =
	[
		{ keys: ['j', 'ArrowDown'], shown: 'j ↓', command: 'next', what: 'next Alert, also while one is open' },
		{ keys: ['k', 'ArrowUp'], shown: 'k ↑', command: 'previous', what: 'previous Alert' },
		{
			keys: ['Enter', 'o'],
			shown: 'Enter o',
			command: 'open',
			what: 'open or close the Alert; confirm a reason'
		},
		{
			keys: ['a'],
			shown: 'a',
			command: 'actionable',
			what: 'decide: actionable (then 1 to 9 for the reason)'
		},
		{ keys: ['i'], shown: 'i', command: 'ignorable', what: 'decide: ignorable (then 1 to 9 for the reason)' },
		{ keys: ['u'], shown: 'u', command: 'undo', what: 'take back your last decision' },
		{ keys: ['n'], shown: 'n', command: 'bring-in', what: 'bring in the new Alerts that wait' },
		{ keys: ['/'], shown: '/', command: 'search', what: 'search' },
		{ keys: ['?'], shown: '?', command: 'help', what: 'these keys' },
		{ keys: ['Escape'], shown: 'Esc', command: 'out', what: 'one step out: reason, note, Alert, selection' }
	];

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
