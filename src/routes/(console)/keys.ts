// Maps keys to commands. Each page binds its commands to functions, and `?` shows exactly these bindings.
//
// A key is written as `j`, `Shift+j`, `Mod+k` (Ctrl, or Cmd on a Mac), `ArrowDown` or `Space`; two keys after each other
// as `g d`.
import type { ViewName } from '#lib/domain/desk/list-view.ts';

/** The keys of each command as Causeway ships them. A person may change them. */
export const SHIPPED_KEYS = {
	next: ['j', 'ArrowDown'],
	previous: ['k', 'ArrowUp'],
	open: ['Enter', 'o'],
	check: ['x'],
	'extend-down': ['Shift+j', 'Shift+ArrowDown'],
	'extend-up': ['Shift+k', 'Shift+ArrowUp'],
	'check-all': ['Shift+x'],
	actionable: ['a'],
	ignorable: ['i'],
	shelve: ['s'],
	'assign-me': ['m'],
	'assign-other': ['Shift+m'],
	comment: ['c'],
	disagree: ['d'],
	reopen: ['r'],
	escalate: ['e'],
	undo: ['u'],
	'show-waiting': ['n'],
	pause: ['Space'],
	search: ['/'],
	'follow-device': ['f'],
	timeline: ['t'],
	'view-decide': ['g d'],
	'view-mine': ['g m'],
	'view-security': ['g s'],
	'view-unexplained': ['g u'],
	'view-journal': ['g j'],
	palette: ['Mod+k'],
	help: ['?'],
	'step-back': ['Escape']
} as const satisfies Record<string, readonly string[]>;

export type Command = keyof typeof SHIPPED_KEYS;
export const COMMANDS = Object.keys(SHIPPED_KEYS) as Command[];
export type CommandKeys = Readonly<Record<Command, readonly string[]>>;

/** The commands that the page of every page adds: the keys themselves, and the palette. */
type OwnCommand = 'help' | 'palette';

/**
 * The commands of one page. `description`: what the command does there, for the help; absent: what it does on the desk
 * (key-words.ts).
 */
export type Bindings = Partial<
	Record<Exclude<Command, OwnCommand>, { description?: string; run: () => void }>
>;

/** The views that a key opens, by command. */
export const VIEW_COMMANDS = {
	'view-decide': 'needs-decision',
	'view-mine': 'mine',
	'view-security': 'security',
	'view-unexplained': 'unexplained',
	'view-journal': 'journal'
} as const satisfies Partial<Record<Command, ViewName>>;

const MODIFIERS = ['Shift', 'Control', 'Meta', 'Alt', 'AltGraph', 'CapsLock', 'Dead'];
/** Returns whether a press is of a key that only changes other keys. */
export const isModifier = ({ key }: Pick<KeyboardEvent, 'key'>): boolean => MODIFIERS.includes(key);

/** Returns the key of a press; `null`: a modifier key alone, or a shortcut of the browser. */
export function keyOf(
	event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>
): string | null {
	const { key, shiftKey, ctrlKey, metaKey, altKey } = event;
	if (altKey || isModifier({ key })) return null;
	const isLetter = key.length === 1 && key.toLowerCase() !== key.toUpperCase();
	const name = key === ' ' ? 'Space' : isLetter ? key.toLowerCase() : key;
	// A sign such as `?` needs Shift on some keyboards and not on others, so that Shift says nothing there.
	const shift = shiftKey && (isLetter || key.length > 1 || key === ' ') ? 'Shift+' : '';
	return `${ctrlKey || metaKey ? 'Mod+' : ''}${shift}${name}`;
}

/** Returns whether a key is one letter, digit or sign. A person may switch such keys off (WCAG 2.1.4). */
export const isCharacterKey = (keys: string): boolean =>
	keys
		.split(' ')
		.some((key) => key.replace('Shift+', '').length === 1 || key === 'Space' || key === 'Shift+Space');

export type Press =
	| { kind: 'command'; command: Command }
	| { kind: 'digit'; digit: string }
	/** The first of two keys. */
	| { kind: 'prefix'; key: string };

/**
 * Reads a key press. `prefix`: the first of two keys, if the person has pressed one. Returns `null` for typed text, a
 * shortcut of the browser, and a key that the focused control uses.
 */
export function readPress(
	event: KeyboardEvent,
	{ keys, isOn, prefix }: { keys: CommandKeys; isOn: boolean; prefix: string | null }
): Press | null {
	if (event.defaultPrevented || event.isComposing) return null;
	const key = keyOf(event);
	if (key === null) return null;
	const target = event.target instanceof Element ? event.target : null;
	// An open dialog has keys of its own.
	if (target?.closest('dialog')) return null;
	if (
		key !== 'Escape' &&
		!key.startsWith('Mod+') &&
		target?.closest('input, textarea, select, [contenteditable]')
	)
		return null;
	if ((key === 'Enter' || key === 'Space') && target?.closest('button, a, summary')) return null;
	// While the drawer has the focus, the arrow keys scroll the drawer.
	if (key.startsWith('Arrow') && target?.closest('[data-drawer-body]')) return null;
	const pressed = prefix ? `${prefix} ${key}` : key;
	if (!isOn && isCharacterKey(pressed)) return null;
	if (!prefix && /^[0-9]$/.test(key)) return { kind: 'digit', digit: key };
	const command = COMMANDS.find((name) => keys[name].includes(pressed));
	if (command) return { kind: 'command', command };
	if (!prefix && COMMANDS.some((name) => keys[name].some((one) => one.startsWith(`${key} `))))
		return { kind: 'prefix', key };
	return null;
}

const LABELS: Record<string, string> = {
	ArrowDown: '↓',
	ArrowUp: '↑',
	ArrowLeft: '←',
	ArrowRight: '→',
	Escape: 'Esc'
};

/** Writes the keys that are pressed together or after each other: `Shift+j` as `Shift J`, `g d` as `g d`. */
export const labelsOf = (keys: string): string[] =>
	keys.split(' ').flatMap((key) =>
		key.split('+').map((part, i, parts) => {
			if (part === 'Mod') return /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '') ? '⌘' : 'Ctrl';
			return i > 0 && parts.length > 1 && part.length === 1 ? part.toUpperCase() : (LABELS[part] ?? part);
		})
	);
