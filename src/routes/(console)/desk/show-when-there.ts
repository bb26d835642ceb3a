// Leads to a part of the page that may still be loading.

/** How long the part may take to load (ms). */
const PATIENCE_MS = 3000;

/**
 * Scrolls to the first element that matches, and focuses what takes keys in it, as soon as the page has it. Does nothing
 * if the element never comes.
 */
export function showWhenThere(selector: string, until = performance.now() + PATIENCE_MS): void {
	const element = document.querySelector(selector);
	if (element) {
		element.scrollIntoView({ block: 'start' });
		element.querySelector<HTMLElement>('[tabindex="0"]')?.focus({ preventScroll: true });
	} else if (performance.now() < until) requestAnimationFrame(() => showWhenThere(selector, until));
}
