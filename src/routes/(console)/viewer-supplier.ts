// Returns the Supplier of the signed-in person, for pages that show the data of one Supplier.
import { error } from '@sveltejs/kit';
import * as messages from '#messages/frame.ts';

export function supplierOf(viewer: App.Locals['viewer']): number {
	if (!viewer || viewer.supplierId === null) error(403, messages.of_supplier_only());
	return viewer.supplierId;
}
