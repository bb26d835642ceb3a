// Lists what the palette offers: the actions of the open page with their keys, the views, the pages, Alert codes, and Devices.
import uFuzzy from '@leeoniya/ufuzzy';
import { deviceAlertTable } from '#lib/domain/alert-code.ts';
import type { Alert } from '#lib/domain/alert.ts';
import { Eui64 } from '#lib/domain/eui64.ts';
import { VIEW_NAMES, viewName } from '#lib/ui/views.ts';
import * as common from '#messages/common.ts';
import * as messages from '#messages/palette.ts';
import { viewAddress } from '../desk/address.ts';
import { shownCommands } from '../key-words.ts';
import type { Bindings, CommandKeys } from '../keys.ts';

const KINDS = {
	action: messages.action,
	view: messages.view,
	page: messages.page,
	code: common.code,
	device: common.device
};

export interface Item {
	id: string;
	kind: keyof typeof KINDS;
	text: string;
	/** The keys of an action, as `keys.ts` writes them. */
	keys: readonly string[];
	/** Where the item leads; `null`: it runs an action of the page. */
	href: string | null;
	run: (() => void) | null;
}

/** The highest number of items that the palette shows. */
const MOST_SHOWN = 40;
/** The highest number of items of one kind before the person has typed anything. */
const MOST_UNASKED = 30;

export const kindName = ({ kind }: Item): string => KINDS[kind]();

const link = (kind: Item['kind'], id: string, text: string, href: string): Item => ({
	id: `${kind}-${id}`,
	kind,
	text,
	keys: [],
	href,
	run: null
});

interface Sources {
	bindings: Bindings;
	keys: CommandKeys;
	pages: ReadonlyArray<{ path: string; label: string }>;
}

/** Returns the items that do not depend on what the person types. */
export function fixedItems({ bindings, keys, pages }: Sources): Item[] {
	const actions = shownCommands(bindings, keys).flatMap(
		({ command, keys: alternatives, description }): Item[] => {
			const run = command === 'help' || command === 'palette' ? undefined : bindings[command]?.run;
			if (!run || command.startsWith('view-')) return [];
			return [
				{ id: `action-${command}`, kind: 'action', text: description, keys: alternatives, href: null, run }
			];
		}
	);
	const isOfSupplier = pages.some(({ path }) => path === '/');
	const views = isOfSupplier
		? VIEW_NAMES.map((name) => link('view', name, viewName(name), viewAddress(name)))
		: [];
	const codes = isOfSupplier
		? deviceAlertTable.codes.map(({ code, name }) =>
				link('code', code, `${code} ${name}`, `/?view=all&code=${code}`)
			)
		: [];
	return [...actions, ...views, ...pages.map(({ path, label }) => link('page', path, label, path)), ...codes];
}

/** Returns an item for each Device of these Alerts. */
export function deviceItems(alerts: Iterable<Pick<Alert, 'deviceId' | 'deviceType' | 'area'>>): Item[] {
	const items = new Map<string, Item>();
	for (const { deviceId, deviceType, area } of alerts)
		if (!items.has(deviceId))
			items.set(
				deviceId,
				link(
					'device',
					deviceId,
					[deviceId, deviceType, area].filter(Boolean).join(' '),
					`/devices/${encodeURIComponent(deviceId)}`
				)
			);
	return [...items.values()];
}

/** Returns whether a text may be a part of a Device id, so that a search for Devices makes sense. */
export const mayBeDevice = (text: string): boolean => /^[0-9a-f-]{4,}$/i.test(text.trim());

/** Returns the Device with this full id, written with or without dashes. `null`: the text is no full id. */
export function deviceOf(text: string): Item | null {
	const id = Eui64.safeParse(text.trim());
	return id.success ? (deviceItems([{ deviceId: id.data, deviceType: null, area: null }])[0] ?? null) : null;
}

/** Letters may be left out inside a word, and words may stand in any order. */
const fuzzy = new uFuzzy({ intraMode: 0, intraIns: 2, interIns: Infinity });

/** Returns the items that fit what the person typed, the best first. */
export function search(items: readonly Item[], typed: string): Item[] {
	const needle = typed.trim();
	if (!needle) return items.filter(({ kind }) => kind !== 'code' && kind !== 'device').slice(0, MOST_UNASKED);
	const others = items.filter(({ kind }) => kind !== 'device');
	const devices = mayBeDevice(needle)
		? items.filter(({ kind, text }) => kind === 'device' && bare(text).includes(bare(needle)))
		: [];
	const fitting = fuzzyAmong(others, needle);
	// A short text such as 8F30 is rather a code.
	const found = bare(needle).length > 4 ? [...devices, ...fitting] : [...fitting, ...devices];
	return found.slice(0, MOST_SHOWN);
}

/** Writes an id without its dashes, so that a person may leave them out. */
const bare = (id: string): string => id.replaceAll('-', '').toLowerCase();

function fuzzyAmong(items: readonly Item[], needle: string): Item[] {
	const texts = items.map((item) => `${item.text} ${kindName(item)}`);
	const [found, info, order] = fuzzy.search(texts, needle, 5, 1000);
	if (!found) return [];
	const places = info && order ? order.map((i) => info.idx[i]!) : found;
	return places.map((i) => items[i]!);
}
