// Describes Service Reference Variants (SRVs): the kind of command and the GBCS message codes that belong to it.
import { z } from 'zod';
import messageData from './knowledge/message-codes.json' with { type: 'json' };
import variantData from './knowledge/service-reference-variants.json' with { type: 'json' };

const VariantTable = z.object({
	version: z.iso.date(),
	variants: z.array(
		z.strictObject({
			code: z.string(),
			name: z.string(),
			/** The kind of command. `non-device`: the DCC answers the request, and no Device receives it. */
			kind: z.enum(['read', 'write', 'non-device']),
			group: z.string(),
			/**
			 * Who stores a future-dated command until its execution time: the DCC (`dsp`), the Device (`device`), or
			 * either (`both`).
			 */
			futureDated: z.enum(['none', 'dsp', 'device', 'both']),
			critical: z.boolean(),
			roles: z.array(z.string())
		})
	)
});

const MessageCodeTable = z.object({
	version: z.iso.date(),
	messageCodes: z.array(
		z.strictObject({ code: z.string().regex(/^[0-9A-F]{4}$/), variants: z.array(z.string()) })
	)
});

export const variantTable = VariantTable.parse(variantData);
export const messageCodeTable = MessageCodeTable.parse(messageData);

const byCode = new Map(variantTable.variants.map((row) => [row.code, row]));
const byMessageCode = new Map(messageCodeTable.messageCodes.map((row) => [row.code, row.variants]));

interface VariantDescription {
	code: string;
	name: string;
	kind: 'read' | 'write' | 'non-device';
	group: string;
	futureDated: 'none' | 'dsp' | 'device' | 'both';
	/** Whether the table of SRVs lists this SRV. */
	known: boolean;
}

/** Describes an SRV. Never throws: an SRV that is not in the table is described as unknown and counts as a write. */
export function describeVariant(code: string): VariantDescription {
	const row = byCode.get(code);
	if (row) return { ...row, known: true };
	const name = code === '' ? 'Service Request of unknown kind' : `Unknown Service Request ${code}`;
	return { code, name, kind: 'write', group: 'unknown', futureDated: 'none', known: false };
}

/**
 * Returns the SRVs whose command has this GBCS message code. A message code can belong to several SRVs. Returns an
 * empty list for an unknown message code.
 */
export const variantsOfMessageCode = (messageCode: string): readonly string[] =>
	byMessageCode.get(messageCode) ?? [];

/** SRVs that replace credentials on a Device (CS02: Supplier, network operator, change of Supplier, recovery). */
const CREDENTIAL_VARIANTS: ReadonlySet<string> = new Set(['6.15.1', '6.15.2', '6.21', '6.23']);
export const changesCredentials = (variant: string): boolean => CREDENTIAL_VARIANTS.has(variant);

/**
 * SRVs whose command the DCC, or a party of the DCC, issues under its own id and counter. Of the 279 published request
 * templates, 7 have these SRVs: recovery, change of Supplier, a read of certificates, opting out.
 */
const ISSUED_BY_DCC: ReadonlySet<string> = new Set(['6.21', '6.23', '6.24.1', '8.5']);
export const isIssuedByDcc = (variant: string): boolean => ISSUED_BY_DCC.has(variant);
