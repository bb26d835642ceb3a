// Holds the draft that a person edits: the saved version, the unsaved changes and the faults.
import type { Cause, CauseEntry, CauseFile } from '#lib/domain/cause-table/cause-table.ts';
import { checkCauseTable, type TableFault } from '#lib/domain/cause-table/check.ts';
import { diffCauseTables, isSame, type ChangeKind } from '#lib/domain/cause-table/diff.ts';
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
	/**
	 * The reverted changes, which can be restored until the draft is saved or another version opens. `null`: nothing
	 * was reverted.
	 */
	reverted = $state.raw<{ body: CauseFile; note: string } | null>(null);
	/** The faults that the server found, which are valid until the next change. `null`: the server found no faults. */
	#refused = $state.raw<{ body: string; faults: TableFault[] } | null>(null);
	#active = $state.raw() as CauseFile;

	/** The edited table as plain data. */
	readonly plain = $derived($state.snapshot(this.body) as CauseFile);
	readonly diff = $derived(diffCauseTables(this.#active, this.plain));
	readonly dirty = $derived(
		this.note.trim() !== (this.#saved.note ?? '') || !isSame(diffCauseTables(this.#saved.body, this.plain))
	);
	readonly faults = $derived.by((): TableFault[] => {
		const found = checkCauseTable(this.plain).faults ?? [];
		if (found.length > 0 || this.#refused?.body !== JSON.stringify(this.plain)) return found;
		return this.#refused.faults;
	});

	constructor(table: TableVersion, active: CauseFile) {
		this.open(table, active);
	}

	get saved(): TableVersion {
		return this.#saved;
	}

	/** Whether this version can be edited. Only a draft or a proposal can be edited. */
	get isOpen(): boolean {
		return this.#saved.status === 'draft' || this.#saved.status === 'proposed';
	}

	/** Accepts the version that the server sent. Keeps unsaved changes to the same revision. */
	follow(table: TableVersion, active: CauseFile): void {
		const isSameRevision = table.version === this.#saved.version && table.revision === this.#saved.revision;
		if (!isSameRevision) return this.open(table, active);
		this.#saved = table;
		this.#active = active;
	}

	open(table: TableVersion, active: CauseFile): void {
		this.#saved = table;
		this.#active = active;
		this.body = structuredClone(table.body);
		this.note = table.note ?? '';
		this.#refused = null;
		this.reverted = null;
	}

	/** Reverts the unsaved changes. `restore` brings the reverted changes back. */
	revert(): void {
		this.reverted = { body: this.plain, note: this.note };
		this.body = structuredClone(this.#saved.body);
		this.note = this.#saved.note ?? '';
	}

	restore(): void {
		if (!this.reverted) return;
		this.body = this.reverted.body;
		this.note = this.reverted.note;
		this.reverted = null;
	}

	refuse(faults: TableFault[]): void {
		this.#refused = { body: JSON.stringify(this.plain), faults };
	}

	entry(alert: string | null): CauseEntry | undefined {
		return this.body.entries.find((entry) => entry.alert === alert);
	}

	/**
	 * Returns how the row of an Alert differs from the active table. Returns `undefined` if the row does not differ.
	 */
	changeOf(alert: string): ChangeKind | undefined {
		return this.diff.entries.find((entry) => entry.alert === alert)?.kind;
	}

	/** Returns the faults at a path and at the paths below it. */
	faultsAt(path: string): TableFault[] {
		return this.faults.filter((fault) => fault.path === path || fault.path.startsWith(`${path}.`));
	}

	addEntry(alert: string): void {
		this.body.entries.push({ alert, guidance: null, causes: [] });
	}

	removeEntry(alert: string): void {
		this.body.entries = this.body.entries.filter((entry) => entry.alert !== alert);
	}

	/** Adds `cause`, or an empty cause, to the entry. Gives the cause the next free id. */
	addCause(entry: CauseEntry, cause: Omit<Cause, 'id'> = NEW_CAUSE): void {
		const numbers = entry.causes.map((cause) => Number(cause.id.split('/').at(-1)) || 0);
		entry.causes.push({ ...structuredClone(cause), id: `${entry.alert}/${Math.max(0, ...numbers) + 1}` });
	}
}
