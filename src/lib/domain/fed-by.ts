// Defines who fed a record, and for whom the record is evidence. A record of the installation is evidence for every
// Supplier that may see it. A record that a Supplier's own key fed is evidence for that Supplier alone.
import { z } from 'zod';

/** Who fed a record: the id of the Supplier that owns the API key; `null`: the key belongs to the installation. */
export type Feeder = number | null;

/** Who fed a record, as its reader sees it. `both`: the parts of a Service Request came from both. */
export const FedBy = z.enum(['installation', 'supplier', 'both']);
export type FedBy = z.infer<typeof FedBy>;

/** The feeders of a record that the installation alone fed. */
export const FED_BY_INSTALLATION: readonly Feeder[] = [null];

export const isEvidenceFor = (feeder: Feeder, supplierId: number): boolean =>
	feeder === null || feeder === supplierId;

/** Describes the feeders of a record to its reader, who sees records of the installation and its own. */
export const fedBy = (feeders: readonly Feeder[]): FedBy =>
	feeders.length > 1 ? 'both' : feeders[0] === null ? 'installation' : 'supplier';
