// Lists published throughput figures of similar products. The benchmark does not measure them.

export interface Published {
	name: string;
	perSecond: number;
	/** What its makers measured, in a few words. */
	measured: string;
	source: string;
}

export const PUBLISHED: readonly Published[] = [
	{
		name: 'Keep, 16 vCPUs and 32 GB',
		// The largest load of its table is 1,000 alerts a minute.
		perSecond: 1000 / 60,
		measured: 'the largest load of its table, 1.5 s an alert',
		source: 'https://docs.keephq.dev/deployment/stress-testing'
	},
	{
		name: 'Alerta, POST /alert by wrk',
		perSecond: 61.52,
		measured: '10 connections for 10 s, machine not named',
		source: 'https://github.com/alerta/alerta/issues/604'
	}
];
