// Says in words what each command of the keys does, and why a command cannot have a key. The help and the palette show it.
import { viewName } from '#lib/ui/views.ts';
import * as messages from '#messages/keys.ts';
import type { WhyNoKey } from './key-settings.svelte.ts';
import { COMMANDS, VIEW_COMMANDS, labelsOf, type Bindings, type Command, type CommandKeys } from './keys.ts';

const viewText = (command: keyof typeof VIEW_COMMANDS): string =>
	messages.view({ view: viewName(VIEW_COMMANDS[command]) });

/** What each command does. A page with other words gives them with its binding. */
const WORDS: Record<Command, () => string> = {
	next: messages.next,
	previous: messages.previous,
	open: messages.open,
	check: messages.check,
	'extend-down': messages.extend_down,
	'extend-up': messages.extend_up,
	'check-all': messages.check_all,
	actionable: messages.actionable,
	ignorable: messages.ignorable,
	shelve: messages.shelve,
	'assign-me': messages.assign_me,
	'assign-other': messages.assign_other,
	comment: messages.comment,
	disagree: messages.disagree,
	reopen: messages.reopen,
	escalate: messages.escalate,
	undo: messages.undo,
	'show-waiting': messages.show_waiting,
	pause: messages.pause,
	search: messages.search,
	'follow-device': messages.follow_device,
	timeline: messages.timeline,
	'view-decide': () => viewText('view-decide'),
	'view-mine': () => viewText('view-mine'),
	'view-security': () => viewText('view-security'),
	'view-unexplained': () => viewText('view-unexplained'),
	'view-journal': () => viewText('view-journal'),
	palette: messages.palette,
	help: messages.help,
	'step-back': messages.step_back
};

export interface ShownCommand {
	command: Command;
	keys: readonly string[];
	description: string;
}

/** Returns the commands of a page with their keys and descriptions, in the same order on every page. */
export const shownCommands = (bindings: Bindings, keys: CommandKeys): ShownCommand[] =>
	COMMANDS.flatMap((command) => {
		const isOfEveryPage = command === 'help' || command === 'palette';
		const binding: { description?: string } | undefined = isOfEveryPage ? {} : bindings[command];
		return binding
			? [{ command, keys: keys[command], description: binding.description ?? WORDS[command]() }]
			: [];
	});

/** Says why a command cannot have a key. `keys`: the keys of all commands. */
export function whyNoKeyText(key: string, why: WhyNoKey, keys: CommandKeys): string {
	const label = labelText(key);
	if (why === 'digit') return messages.is_digit();
	if (why === 'browser') return messages.is_of_browser({ key: label });
	return messages.taken({ key: label, other: labelText(keys[why.takenBy][0]!) });
}

const labelText = (key: string): string => labelsOf(key).join(' ');
