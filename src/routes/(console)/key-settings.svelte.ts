// Keeps which keys a person uses for which command, and whether the keys of one character are on. The browser keeps the
// settings for each person.
import { keep, kept } from '#lib/ui/kept.ts';
import { COMMANDS, SHIPPED_KEYS, type Bindings, type Command, type CommandKeys } from './keys.ts';

/** Why a command cannot have a key: another command has it, it is a digit, or the browser uses it. */
export type WhyNoKey = { takenBy: Command } | 'digit' | 'browser';

interface Stored {
	isOn: boolean;
	changed: Partial<Record<Command, string[]>>;
}

export class KeySettings {
	/** Whether the keys of one letter, digit or sign act. Arrow keys, Enter, Esc and Ctrl-K always act. */
	isOn = $state(true);
	#changed = $state.raw<Stored['changed']>({});
	readonly keys = $derived<CommandKeys>({ ...SHIPPED_KEYS, ...this.#changed });
	/** The commands of the open page, which the palette offers. */
	bindings = $state.raw<Bindings>({});
	isPaletteOpen = $state(false);
	readonly #name: string;

	/** `person`: what tells the people apart who use this browser. */
	constructor(person: string) {
		this.#name = `causeway.keys.${person}`;
	}

	/** Reads the settings from the browser. */
	start(): void {
		const stored = readStored(this.#name);
		this.isOn = stored.isOn;
		this.#changed = stored.changed;
	}

	switch(isOn: boolean): void {
		this.isOn = isOn;
		this.#store();
	}

	isChanged(command: Command): boolean {
		return this.#changed[command] !== undefined;
	}

	get hasChanges(): boolean {
		return Object.keys(this.#changed).length > 0;
	}

	/** Gives a command another key. Returns why the command cannot have it; `null`: the command has it. */
	change(command: Command, key: string): WhyNoKey | null {
		const takenBy = COMMANDS.find(
			(name) => name !== command && this.keys[name].some((one) => overlap(one, key))
		);
		if (takenBy) return { takenBy };
		if (/^[0-9]$/.test(key)) return 'digit';
		if (/^Mod\+[a-z]$/.test(key) && key !== 'Mod+k' && command !== 'palette') return 'browser';
		this.#changed = { ...this.#changed, [command]: [key] };
		this.#store();
		return null;
	}

	reset(): void {
		this.#changed = {};
		this.isOn = true;
		this.#store();
	}

	#store(): void {
		keep(this.#name, JSON.stringify({ isOn: this.isOn, changed: this.#changed }));
	}
}

/** Returns whether a press of one key could mean the other: they are equal, or one begins the other. */
const overlap = (a: string, b: string): boolean => a === b || a.startsWith(`${b} `) || b.startsWith(`${a} `);

function readStored(name: string): Stored {
	const none: Stored = { isOn: true, changed: {} };
	try {
		const stored = JSON.parse(kept(name) ?? 'null') as Partial<Stored> | null;
		if (!stored) return none;
		const changed = Object.fromEntries(
			Object.entries(stored.changed ?? {}).filter(
				([command, keys]) =>
					COMMANDS.includes(command as Command) &&
					Array.isArray(keys) &&
					keys.every((key) => typeof key === 'string')
			)
		);
		return { isOn: stored.isOn !== false, changed };
	} catch {
		return none;
	}
}
