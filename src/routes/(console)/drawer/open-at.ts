// Opens another Alert beside the list, in the same view and with the same filters.
import { goto } from '$app/navigation';
import { page } from '$app/state';

export function openAlertAt(id: string): void {
	const url = new URL(page.url);
	url.searchParams.set('alert', id);
	void goto(url, { keepFocus: true, noScroll: true });
}
