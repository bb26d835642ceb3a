// Binds the commands of the desk to their functions. key-words.ts says in words what they do.
import { goto } from '$app/navigation';
import * as common from '#messages/common.ts';
import type { Console } from '../console.ts';
import { VIEW_COMMANDS, type Bindings } from '../keys.ts';
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
		next: { run: () => desk.step(1) },
		previous: { run: () => desk.step(-1) },
		open: { run: () => (triage.choice ? desk.confirm() : desk.openOrClose()) },
		check: { run: () => desk.check() },
		'extend-down': { run: () => desk.extend(1) },
		'extend-up': { run: () => desk.extend(-1) },
		'check-all': { run: () => desk.checkAll() },
		actionable: { run: () => desk.begin('actionable') },
		ignorable: { run: () => desk.begin('ignorable') },
		shelve: { run: () => desk.act('shelve') },
		'assign-me': { run: () => actions.assign(desk.target, { id: 'me', name: common.you() }) },
		'assign-other': { run: () => desk.act('assign') },
		comment: { run: () => desk.act('comment') },
		disagree: { run: () => void actions.disagree(desk.target) },
		reopen: { run: () => triage.reopenMany(desk.target) },
		escalate: { run: () => escalation.ask(desk) },
		undo: {
			run: () => {
				bulk.report = null;
				void triage.undo();
			}
		},
		'show-waiting': { run: () => desk.showNew() },
		pause: { run: () => desk.pause.toggle() },
		search: { run: search },
		'follow-device': { run: () => desk.followDevice() },
		timeline: { run: () => desk.showTimeline() },
		...viewBindings(),
		'step-back': { run: () => desk.stepBack() }
	};
}

function viewBindings(): Bindings {
	const bindings: Bindings = {};
	for (const command of Object.keys(VIEW_COMMANDS) as Array<keyof typeof VIEW_COMMANDS>)
		bindings[command] = { run: () => void goto(viewAddress(VIEW_COMMANDS[command])) };
	return bindings;
}
