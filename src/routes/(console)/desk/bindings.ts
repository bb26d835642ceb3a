// Binds the commands of the desk to their functions. The help and the palette show the descriptions.
import { goto } from '$app/navigation';
import { VIEW_NAMES, VIEW_TEXTS, type ViewName } from '#lib/ui/views.ts';
import type { Console } from '../console.ts';
import type { Bindings, Command } from '../keys.ts';
import { viewAddress } from './address.ts';
import type { DeskPage } from './desk-page.svelte.ts';
import type { Escalation } from './escalation.svelte.ts';

interface Desk {
	shared: Console;
	desk: DeskPage;
	escalation: Escalation;
	search(): void;
}

export function deskBindings({ shared, desk, escalation, search }: Desk): Bindings {
	const { actions, bulk, triage } = shared;
	return {
		next: { description: 'next Alert or episode, also while an Alert is open', run: () => desk.step(1) },
		previous: { description: 'previous Alert or episode', run: () => desk.step(-1) },
		open: {
			description: 'open or close the Alert or the episode; confirm the reason',
			run: () => (triage.choice ? desk.confirm() : desk.openOrClose())
		},
		check: { description: 'select the row, or take it out of the selection', run: () => desk.check() },
		'extend-down': { description: 'extend the selection down', run: () => desk.extend(1) },
		'extend-up': { description: 'extend the selection up', run: () => desk.extend(-1) },
		'check-all': {
			description: 'select all that is shown; again: all that matches the view now',
			run: () => desk.checkAll()
		},
		actionable: {
			description: 'decide “actionable”, then choose a reason with 1 to 9',
			run: () => desk.begin('actionable')
		},
		ignorable: {
			description: 'decide “ignorable”, then choose a reason with 1 to 9',
			run: () => desk.begin('ignorable')
		},
		shelve: {
			description: 'shelve: 1 for 30 min, 2 for 2 h, 3 to the end of the shift, 4 until a change; 0 returns',
			run: () => desk.act('shelve')
		},
		'assign-me': { description: 'assign to me', run: () => actions.assign(desk.target, 'me', 'you') },
		'assign-other': { description: 'assign to another person, or to nobody', run: () => desk.act('assign') },
		comment: {
			description: 'comment on the Alert, its episode, or its Device for ever',
			run: () => desk.act('comment')
		},
		disagree: {
			description: 'disagree with the explanation; nothing more is asked',
			run: () => void actions.disagree(desk.target)
		},
		reopen: { description: 'reopen what is decided', run: () => triage.reopenMany(desk.target) },
		escalate: {
			description: 'page the person on call about the Alert or the episode, or escalate its page',
			run: () => escalation.ask(desk)
		},
		undo: {
			description: 'undo your last action, on all its Alerts',
			run: () => {
				bulk.report = null;
				void triage.undo();
			}
		},
		'show-waiting': { description: 'show the new Alerts', run: () => desk.showNew() },
		pause: {
			description: 'pause the list, or let it follow again; it follows by itself after 5 minutes',
			run: () => desk.pause.toggle()
		},
		search: { description: 'search', run: search },
		'follow-device': {
			description: 'open the page of the Device: all its Alerts and requests',
			run: () => desk.followDevice()
		},
		timeline: { description: 'show the timeline of the Alert', run: () => desk.showTimeline() },
		...viewBindings(),
		'step-back': {
			description: 'go back one step: note, form, report, Alert, selection, row',
			run: () => desk.stepBack()
		}
	};
}

/** The views that a key opens, by command. The first view of these that the console has counts. */
const VIEW_COMMANDS = {
	'view-decide': ['needs-decision'],
	'view-mine': ['mine'],
	'view-security': ['security'],
	'view-unexplained': ['unexplained'],
	'view-journal': ['journal', 'all']
} as const satisfies Partial<Record<Command, readonly string[]>>;

function viewBindings(): Bindings {
	const bindings: Bindings = {};
	for (const [command, names] of Object.entries(VIEW_COMMANDS)) {
		const name = names.map((one) => VIEW_NAMES.find((view): view is ViewName => view === one)).find(Boolean);
		if (name)
			bindings[command as keyof typeof VIEW_COMMANDS] = {
				description: `view ${VIEW_TEXTS[name].label}`,
				run: () => void goto(viewAddress(name))
			};
	}
	return bindings;
}
