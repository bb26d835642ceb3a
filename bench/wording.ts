// How figures read in the table and the progress lines.

export const whole = (figure: number): string => Math.round(figure).toLocaleString('en-GB');
export const inMs = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : whole(ms)} ms`;
export const ratio = (times: number | null): string =>
	times === null
		? '-'
		: `${times >= 10 ? times.toFixed(0) : times.toFixed(times < 0.1 ? 3 : times < 1 ? 2 : 1)} x`;
