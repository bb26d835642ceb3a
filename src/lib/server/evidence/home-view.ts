// Builds the inventory as one Supplier knows it: what the installation says of the Devices, and over it what the Supplier's
// own keys say. What other Suppliers say of a Device is no evidence for this Supplier.
import { isEvidenceFor, type Feeder } from '#lib/domain/fed-by.ts';
import { hasLeft, tenureAt, type TenureSpan } from '#lib/domain/tenure.ts';
import type { StatedTenure } from '#lib/domain/write-permission.ts';

/** What one feeder says of a Device. */
export interface DeviceStatement {
	deviceId: string;
	saidBy: Feeder;
	deviceType: string;
	hubId: string | null;
	area: string | null;
	model: string | null;
	firmware: string | null;
	/** When this statement last replaced another (epoch ms); `null`: never. */
	changedAt: number | null;
}

/** A Device as one Supplier knows it. */
export interface KnownDevice extends DeviceStatement {
	tenures: readonly TenureSpan[];
}

/**
 * Returns whether a Supplier may read what a Device is now. A Supplier whose tenures had all ended when the attributes
 * changed may not, because the change belongs to another Supplier.
 */
export const mayKnow = ({ saidBy, changedAt, tenures }: KnownDevice, supplierId: number): boolean =>
	saidBy === supplierId || changedAt === null || !hasLeft(tenures, supplierId, changedAt);

/** The home networks of a batch as one Supplier knows them. */
export interface HomeView {
	/** The Devices, by Device id. */
	devices: ReadonlyMap<string, KnownDevice>;
	/** The ids of the Devices of each home network, by the id of its hub. */
	homes: ReadonlyMap<string, readonly string[]>;
}

export interface Inventory {
	/** Returns the inventory as a Supplier knows it. */
	viewOf(supplierId: number): HomeView;
	/** Returns the Supplier that is responsible for a Device at an instant (epoch ms), whoever stated the tenure. */
	responsibleFor(deviceId: string, at: number): number | undefined;
	/** Returns whether anybody has said anything of this Device. */
	isKnown(deviceId: string): boolean;
	/** Returns the id of the home by which learned evidence is sampled: the hub of the Device, or the Device itself. */
	sampledHomeOf(deviceId: string): string;
}

/** `byDevice`: at most one statement of each feeder, by Device id. `tenures`: the current tenures, by Device id. */
export function createInventory(
	byDevice: ReadonlyMap<string, readonly DeviceStatement[]>,
	tenures: ReadonlyMap<string, readonly StatedTenure[]>
): Inventory {
	const hasOwn = new Set<number>();
	for (const said of byDevice.values())
		for (const { saidBy } of said) if (saidBy !== null) hasOwn.add(saidBy);
	for (const spans of tenures.values())
		for (const { statedBy } of spans) if (statedBy !== null) hasOwn.add(statedBy);
	const views = new Map<number, HomeView>();
	const shared = buildView(byDevice, tenures, null);

	return {
		viewOf(supplierId) {
			if (!hasOwn.has(supplierId)) return shared;
			let view = views.get(supplierId);
			if (!view) views.set(supplierId, (view = buildView(byDevice, tenures, supplierId)));
			return view;
		},
		responsibleFor: (deviceId, at) => tenureAt(tenures.get(deviceId) ?? [], at)?.supplierId,
		isKnown: (deviceId) => byDevice.has(deviceId),
		sampledHomeOf: (deviceId) => byDevice.get(deviceId)?.reduce(earlierFeeder).hubId ?? deviceId
	};
}

const earlierFeeder = (a: DeviceStatement, b: DeviceStatement): DeviceStatement =>
	(a.saidBy ?? 0) < (b.saidBy ?? 0) ? a : b;

const NO_TENURES: readonly StatedTenure[] = [];

/** Builds the view of a Supplier; `null`: the view of a Supplier that has said nothing itself. */
function buildView(
	byDevice: ReadonlyMap<string, readonly DeviceStatement[]>,
	tenures: ReadonlyMap<string, readonly StatedTenure[]>,
	viewer: number | null
): HomeView {
	const counts = (feeder: Feeder): boolean =>
		viewer === null ? feeder === null : isEvidenceFor(feeder, viewer);
	const devices = new Map<string, KnownDevice>();
	const homes = new Map<string, string[]>();
	for (const [deviceId, said] of byDevice) {
		const own = said.find(({ saidBy }) => saidBy !== null && saidBy === viewer);
		const statement = own ?? said.find(({ saidBy }) => saidBy === null);
		if (!statement) continue;
		const spans = tenures.get(deviceId) ?? NO_TENURES;
		const counted = spans.every(({ statedBy }) => counts(statedBy))
			? spans
			: spans.filter(({ statedBy }) => counts(statedBy));
		devices.set(deviceId, { ...statement, tenures: counted });
		if (!statement.hubId) continue;
		const home = homes.get(statement.hubId);
		if (home) home.push(deviceId);
		else homes.set(statement.hubId, [deviceId]);
	}
	// PostgreSQL returns the rows in no fixed order, and no explanation may depend on their order.
	for (const home of homes.values()) home.sort();
	return { devices, homes };
}
