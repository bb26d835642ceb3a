// Says who fed a record.
import type { FedBy } from '#lib/domain/fed-by.ts';
import * as messages from '#messages/drawer.ts';

const WORDS: Record<FedBy, () => string> = {
	installation: messages.fed_by_installation,
	supplier: messages.fed_by_supplier,
	both: messages.fed_by_both
};
export const fedByText = (fedBy: FedBy): string => WORDS[fedBy]();
