// Names the parts of the desk that load later.
import { Part } from '../part.svelte.ts';

export const parts = {
	drawer: new Part(() => import('../drawer/Drawer.svelte')),
	facets: new Part(() => import('../find/FacetPanel.svelte')),
	selection: new Part(() => import('./SelectionBar.svelte')),
	report: new Part(() => import('./BulkReport.svelte')),
	forms: new Part(() => import('./DeskForms.svelte')),
	escalation: new Part(() => import('../pager/EscalateDialog.svelte')),
	checklist: new Part(() => import('../Checklist.svelte'))
};
