import { describe, expect, it } from 'vitest';
import { barPlot, growthPlot, latencyPlot, linesPlot, partsPlot } from '../../../bench/report/plot.ts';

describe('the plots', () => {
	const widths = (svg: string, fill: string): number[] =>
		[...svg.matchAll(/<rect [^>]*width="([\d.]+)" [^>]*fill="(#\w+)"/g)]
			.filter(([, , colour]) => colour === fill)
			.map(([, width]) => Number(width));

	it('draw a longer bar for a larger figure, and Causeway in its own colour', () => {
		const svg = barPlot('Throughput', 'per second', [
			{ label: 'ours', value: 12_345, ours: true },
			{ label: 'a <part> & more', value: 800 },
			{ label: 'absent', value: null }
		]);
		expect(widths(svg, '#0b62c4')[0]).toBeGreaterThan(widths(svg, '#9aa5b1')[0]!);
		expect(svg).toContain('>12,345</text>');
		expect(svg).toContain('>not measured</text>');
		expect(svg).toContain('per second (logarithmic scale)');
		expect(svg).not.toContain('<part>');
	});

	it('draw one bar for each percentile of each load, on an axis in milliseconds', () => {
		const svg = latencyPlot('Latency', [
			{ label: 'low', p50: 6.44, p95: 12, p99: 25 },
			{ label: 'high', p50: 14, p95: 31, p99: 1234 }
		]);
		expect(widths(svg, '#123f78')).toHaveLength(3); // two loads and the legend
		expect(svg).toContain('latency, ms');
		expect(svg).toContain('>6.4</text>');
		expect(svg).toContain('>1,234</text>');
	});

	it('draw the parts of a bar one after the other, with their sum', () => {
		const svg = partsPlot(
			'Steps',
			'microseconds',
			['one', 'two'],
			[
				{ label: 'a', values: [100, 50] },
				{ label: 'b', values: [75, 0] }
			]
		);
		const [legend, ...firstParts] = widths(svg, '#0b62c4');
		expect(legend).toBe(14);
		expect(firstParts).toEqual([246.7, 185]);
		expect(widths(svg, '#7a4fb5')[1]).toBe(123.3);
		expect(svg).toContain('>150</text>');
	});

	it('draw throughput and latency as lines over the number of requests', () => {
		const svg = growthPlot('Growth', [
			{ label: '100 k', alertsPerSecond: 12_000, p99Ms: 30 },
			{ label: '1 M', alertsPerSecond: 11_000, p99Ms: 35 }
		]);
		expect(svg.match(/<path /g)).toHaveLength(2);
		expect(svg).toContain('Service Requests in the index');
		expect(svg).not.toContain('NaN');
	});

	it('draw two lines side by side, with the name of their common axis', () => {
		const svg = linesPlot(
			'Processes',
			'workers',
			[{ label: '1' }, { label: '4, 2 web' }],
			[
				['Alerts per second', [5000, 4000]],
				['CPU, %', [97, 99]]
			]
		);
		expect(svg.match(/<path /g)).toHaveLength(2);
		expect(svg.match(/>4, 2 web<\/text>/g)).toHaveLength(2);
		expect(svg.match(/>workers<\/text>/g)).toHaveLength(2);
		expect(svg).toContain('>5,000</text>');
	});
});
