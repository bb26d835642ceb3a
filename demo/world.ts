// Defines the simulated world: homes with their Devices, the Users that send Service Requests, and the Suppliers.
// All names and ids in this file are fictional.

export interface Party {
	userId: string;
	role: string;
	name: string;
}

export const PARTIES = {
	brightwell: { userId: '90-B3-D5-1F-30-01-00-01', role: 'IS', name: 'Brightwell Energy' },
	halden: { userId: '90-B3-D5-1F-30-01-00-02', role: 'GS', name: 'Halden Gas' },
	oldmoor: { userId: '90-B3-D5-1F-30-01-00-03', role: 'IS', name: 'Oldmoor Power' },
	newlane: { userId: '90-B3-D5-1F-30-01-00-04', role: 'IS', name: 'Newlane Power' },
	northGrid: { userId: '90-B3-D5-1F-30-02-00-01', role: 'ED', name: 'North Grid' },
	valleyGas: { userId: '90-B3-D5-1F-30-02-00-02', role: 'GT', name: 'Valley Gas Networks' },
	homeWatt: { userId: '90-B3-D5-1F-30-03-00-01', role: 'OU', name: 'HomeWatt' },
	metrix: { userId: '90-B3-D5-1F-30-04-00-01', role: 'RSA', name: 'Metrix Field' }
} as const satisfies Record<string, Party>;

/** The EUI-64 id of the DCC. */
export const DCC = '90-B3-D5-1F-30-00-00-02';

export interface Home {
	number: number;
	area: string;
	model: string;
	firmware: string;
	esme: string;
	gsme: string | null;
	chf: string;
	gpf: string | null;
	ppmid: string;
	gasSupplier: 'brightwell' | 'halden' | null;
}

export interface DeviceBody {
	deviceId: string;
	deviceType: string;
	hubId: string;
	model: string;
	firmware: string;
	area: string;
	tenures: Array<{ supplier: string; from: string; to: string | null }>;
}

const AREAS = ['SW1', 'LS6', 'CF24'];
const SINCE = '2025-01-01T00:00:00.000Z';

/** Returns the home with the number `number`. The same number gives the same home at every start. */
export function homeOf(number: number): Home {
	const device = (kind: number): string =>
		`88-73-84-57-${[number >> 16, number >> 8, number].map((part) => (part & 0xff).toString(16).padStart(2, '0').toUpperCase()).join('-')}-0${kind}`;
	// 60 % of the homes have both fuels from one Supplier, 25 % from two, and 15 % have electricity only.
	const share = (number * 7919) % 100;
	const gasSupplier = share < 60 ? 'brightwell' : share < 85 ? 'halden' : null;
	return {
		number,
		area: AREAS[number % AREAS.length]!,
		model: number % 3 === 0 ? 'Aster E4' : 'Linden 210',
		firmware: number % 4 === 0 ? '2.10' : '2.08',
		esme: device(1),
		gsme: gasSupplier && device(2),
		chf: device(3),
		gpf: gasSupplier && device(4),
		ppmid: device(5),
		gasSupplier
	};
}

/** Returns the homes of the daily traffic. */
export const neighbourhood = (size: number): Home[] => Array.from({ length: size }, (_, i) => homeOf(i + 1));

type Tenures = DeviceBody['tenures'];

/** Returns the inventory records of a home. `electricity`: the tenures of all Devices but the gas Devices. */
export function devicesOf(
	home: Home,
	electricity: Tenures = [{ supplier: 'brightwell', from: SINCE, to: null }]
): DeviceBody[] {
	const { chf: hubId, area, model, firmware } = home;
	const gas: Tenures = home.gasSupplier ? [{ supplier: home.gasSupplier, from: SINCE, to: null }] : [];
	const device = (deviceId: string, deviceType: string, tenures: Tenures): DeviceBody => ({
		deviceId,
		deviceType,
		hubId,
		model,
		firmware,
		area,
		tenures
	});
	return [
		device(home.esme, 'ESME', electricity),
		device(home.chf, 'CHF', electricity),
		device(home.ppmid, 'PPMID', electricity),
		...(home.gsme && home.gpf ? [device(home.gsme, 'GSME', gas), device(home.gpf, 'GPF', gas)] : [])
	];
}
