// A draft in the hands of a person: what was saved, what is changed since, and what is wrong with it.
import { checkCauseTable, type TableFault } from '#lib/domain/cause-table/check.ts';
import { diffCauseTables, isSame, type ChangeKind } from '#lib/domain/cause-table/diff.ts';
import type { Cause, CauseEntry, CauseFile } from '#lib/domain/cause-table/cause-table.ts';
import type { TableVersion } from '#lib/domain/cause-table/version.ts';

const NEW_CAUSE: Omit<Cause, 'id'> = {
	variants: [],
	roles: [],
	outcome: 'any',
	relation: 'same-device',
	targetTypes: [],
	anchor: 'responded-or-requested',
	minSeconds: 0,
	typicalSeconds: 20,
	maxSeconds: 600,
	condition: null,
	prior: 0.5,
	confidence: 'weak',
	mechanism: ''
};

export class TableEditor {
	#saved = $state.raw() as TableVersion;
	body = $state() as CauseFile;
	note = $state('');
	/** What a person has dropped, until they change something else or save. */
	dropped = $state.raw<{ body: CauseFile; note: string } | null>(null);
	/** What the server found, until the next change. */
	#refused = $state.raw<{ body: string; faults: TableFault[] } | null>(null);
	#active = $state.raw() as CauseFile;

	readonly plain = $derived($state.snapshot(this.body) as CauseFile);
	readonly diff = $derived(diffCauseTables(this.#active, this.plain));
	readonly dirty = $derived(
		this.note.trim() !== (this.#saved.note ?? '') || !isSame(diffCauseTables(this.#saved.body, this.plain))
	);
	readonly faults = $derived.by((): TableFault[] => {
		const own = checkCauseTable(this.plain).faults ?? [];
		if (own.length > 0 || this.#refused?.body !== JSON.stringify(this.plain)) return own;
		return this.#refused.faults;
	});

	constructor(table: TableVersion, active: CauseFile) {
		this.open(table, active);
	}

	get saved(): TableVersion {
		return this.#saved;
	}

	/** Whether the state of a draft may be changed at all. */
	get isOpen(): boolean {
		return this.#saved.status === 'draft' || this.#saved.status === 'proposed';
	}

	/** Takes what the server has; what was typed into the same revision stays. */
	follow(table: TableVersion, active: CauseFile): void {
		const same = table.version === this.#saved.version && table.revision === this.#saved.revision;
		if (!same) return this.open(table, active);
		this.#saved = table;
		this.#active = active;
	}

	open(table: TableVersion, active: CauseFile): void {
		this.#saved = table;
		this.#active = active;
		this.body = structuredClone(table.body);
		this.note = table.note ?? '';
		this.#refused = null;
		this.dropped = null;
	}

	/** Drops what was not saved; it can be brought back. */
	revert(): void {
		this.dropped = { body: this.plain, note: this.note };
		this.body = structuredClone(this.#saved.body);
		this.note = this.#saved.note ?? '';
	}

	bringBack(): void {
		if (!this.dropped) return;
		this.body = this.dropped.body;
		this.note = this.dropped.note;
		this.dropped = null;
	}

	refuse(faults: TableFault[]): void {
		this.#refused = { body: JSON.stringify(this.plain), faults };
	}

	entry(alert: string | null): CauseEntry | undefined {
		return this.body.entries.find((entry) => entry.alert === alert);
	}

	/** How the row differs from the active table's, if it does. */
	changeOf(alert: string): ChangeKind | undefined {
		return this.diff.entries.find((entry) => entry.alert === alert)?.kind;
	}

	/** The faults of a place and of all below it. */
	faultsAt(path: string): TableFault[] {
		return this.faults.filter((fault) => fault.path === path || fault.path.startsWith(`${path}.`));
	}

	addEntry(alert: string): void {
		this.body.entries.push({ alert, guidance: null, causes: [] });
	}

	removeEntry(alert: string): void {
		this.body.entries = this.body.entries.filter((entry) => entry.alert !== alert);
	}

	/** Adds a cause with the next free id: an empty one, or `cause`. */
	addCause(entry: CauseEntry, cause: Omit<Cause, 'id'> = NEW_CAUSE): void {
		const numbers = entry.causes.map((cause) => Number(cause.id.split('/').at(-1)) || 0);
		entry.causes.push({ ...structuredClone(cause), id: `${entry.alert}/${Math.max(0, ...numbers) + 1}` });
	}
}
