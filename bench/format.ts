// Formats figures for the table, the plots and the progress lines.

export const formatNumber = (figure: number): string => Math.round(figure).toLocaleString('en-GB');
export const formatMs = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : formatNumber(ms)} ms`;
export const formatRatio = (times: number | null): string =>
	times === null
		? '-'
		: `${times >= 10 ? times.toFixed(0) : times.toFixed(times < 0.1 ? 3 : times < 1 ? 2 : 1)} x`;
