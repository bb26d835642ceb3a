// Returns the Supplier of the signed-in person, for pages that show the data of one Supplier.
import { error } from '@sveltejs/kit';

export function supplierOf(viewer: App.Locals['viewer']): number {
	if (!viewer || viewer.supplierId === null) error(403, 'This page is for people of a Supplier.');
	return viewer.supplierId;
}
