// Writes the help for a term in full sentences, from the tables of Alert codes, SRVs and response codes, and from the
// cause table. No other module words these texts.
import { dccAlertTable, describeAlert } from './alert-code.ts';
import type { CauseEntry } from './cause-table/cause-table.ts';
import { outcomeOf, type Outcome } from './response-code.ts';
import { changesCredentials, describeVariant, variantTable } from './service-reference-variant.ts';
import type { TermHelp, TermKind } from './term.ts';
import { asSentence } from './wording.ts';

/** What the active cause table says of an Alert code. */
export interface CauseFacts {
	/** `undefined`: the table has no entry for the code. */
	entry: Pick<CauseEntry, 'guidance' | 'causes'> | undefined;
	/** The reason why no command can cause the Alert; `null`: a command can. */
	whyNotCommand: string | null;
}

const ROLES: Record<string, [title: string, text: string]> = {
	IS: [
		'Import Supplier',
		'An Import Supplier sells electricity to the home and is responsible for its electricity meter.'
	],
	ES: [
		'Export Supplier',
		'An Export Supplier buys the electricity that the home feeds into the network. It reads the meter and does not configure it.'
	],
	GS: ['Gas Supplier', 'A Gas Supplier sells gas to the home and is responsible for its gas meter.'],
	ED: [
		'Electricity Distributor',
		'An Electricity Distributor runs the local electricity network. It reads meters and sets the limits of voltage and load alarms.'
	],
	GT: ['Gas Transporter', 'A Gas Transporter runs the local gas network. It reads gas meters.'],
	RSA: [
		'Registered Supplier Agent',
		'A Registered Supplier Agent works for a Supplier, for example as a meter operator. It reads Devices.'
	],
	OU: [
		'Other User',
		'An Other User is a company that the consumer has allowed to read its data, for example for energy advice.'
	],
	LC: ['Load Controller', 'A Load Controller switches loads in the home, such as a charger of a car.'],
	COS: [
		'Change of Supplier party',
		'The Change of Supplier party of the DCC puts the credentials of the new Supplier on a Device.'
	],
	DCC: [
		'The DCC itself',
		'The DCC carries all messages between Users and Devices. It also sends some commands of its own.'
	]
};

const DEVICE_TYPES: Record<string, [title: string, text: string]> = {
	ESME: ['Electricity meter', 'An ESME measures electricity, and can switch the supply of the home.'],
	GSME: ['Gas meter', 'A GSME measures gas. It runs on a battery and wakes about every half hour.'],
	CHF: [
		'Communications hub',
		'A CHF is the hub of the home network. All messages between the DCC and the Devices of the home pass it.'
	],
	GPF: [
		'Gas proxy',
		'A GPF is a part of the hub. It keeps the data of the gas meter while that meter sleeps.'
	],
	PPMID: ['In-home display with prepayment', 'A PPMID shows use and credit, and takes top-ups.'],
	HCALCS: ['Load switch', 'An HCALCS switches a load in the home, such as a water heater.'],
	SAPC: ['Stand-alone load controller', 'A SAPC switches loads at the times that its Supplier has set.'],
	IHD: ['In-home display', 'An IHD shows the consumer the use of energy. It receives no commands.'],
	CAD: ['Consumer access device', 'A CAD gives the data of the meter to other equipment of the consumer.']
};

const OUTCOMES: Record<Outcome, [title: string, text: string]> = {
	success: ['Success', 'The Device carried out the command, or the DCC answered the request.'],
	failure: ['Failure', 'The command failed at the Device, or after it had reached the Device.'],
	'no-answer': [
		'No answer',
		'The DCC has received no answer of the Device. The Device may have acted on the command all the same.'
	],
	'never-sent': [
		'Refused by the DCC',
		'The DCC refused the request. The Device never received a command, so this request caused no Alert.'
	]
};

/** Writes the help for a term. `causes`: the facts of the active cause table; only the kind `alert-code` reads them. */
export function explainTerm(kind: TermKind, term: string, causes: CauseFacts): TermHelp {
	switch (kind) {
		case 'alert-code':
			return explainAlertCode(term, causes);
		case 'srv':
			return explainVariant(term);
		case 'role':
			return fromTable(kind, term, ROLES, 'This role is not one of the User Roles that Causeway knows.');
		case 'device-type':
			return fromTable(kind, term, DEVICE_TYPES, 'Causeway does not know this type of Device.');
		case 'response-code': {
			const [title, text] = OUTCOMES[outcomeOf(term)];
			const acknowledgement = term === 'I99' ? ['I99 only acknowledges that the request has arrived.'] : [];
			return { kind, term, title, known: true, sentences: [...acknowledgement, text] };
		}
	}
}

function fromTable(
	kind: TermKind,
	term: string,
	table: Record<string, [title: string, text: string]>,
	unknown: string
): TermHelp {
	const row = Object.hasOwn(table, term) ? table[term] : undefined;
	return row
		? { kind, term, title: row[0], known: true, sentences: [row[1]] }
		: { kind, term, title: term, known: false, sentences: [unknown] };
}

const PRIORITIES = {
	1: 'Its priority is 1: act first.',
	2: 'Its priority is 2.',
	3: 'Its priority is 3.',
	4: 'It goes to the journal, and nobody has to look at it.'
} as const;

function explainAlertCode(code: string, { entry, whyNotCommand }: CauseFacts): TermHelp {
	const isDcc = dccAlertTable.codes.some((row) => row.code === code);
	const { name, category, known, physical, priority } = describeAlert({
		kind: isDcc ? 'dcc' : 'device',
		code
	});
	const sentences = [
		known
			? `${code} is a ${isDcc ? 'DCC' : 'Device'} Alert of the category "${category}".`
			: `No table of Causeway lists the code ${code}, so its meaning is not known here.`,
		PRIORITIES[priority]
	];
	if (physical)
		sentences.push('It means that somebody touched the Device, so a command never explains it away.');
	if (whyNotCommand !== null) sentences.push(`No command can cause it. ${asSentence(whyNotCommand)}`);
	else if (entry && entry.causes.length > 0) {
		const variants = [...new Set(entry.causes.flatMap((cause) => cause.variants))];
		sentences.push(`The cause table names ${causesText(variants)} that can cause it.`);
	} else sentences.push('The cause table names no command that can cause it.');
	if (entry?.guidance) sentences.push(asSentence(entry.guidance));
	return { kind: 'alert-code', term: code, title: name, known, sentences };
}

/** The greatest number of SRVs that a sentence lists. */
const MAX_LISTED = 6;

function causesText(variants: readonly string[]): string {
	if (variants.length === 1) return `one SRV, ${variants[0]},`;
	if (variants.length <= MAX_LISTED) return `the SRVs ${list(variants, 'and')}`;
	return `${variants.length} SRVs, such as ${list(variants.slice(0, 3), 'and')},`;
}

const list = (words: readonly string[], word: 'and' | 'or'): string =>
	words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} ${word} ${words.at(-1)}`;

const STORED_BY = {
	none: '',
	dsp: 'It can be sent for a later time; the DCC then keeps it until that time.',
	device: 'It can be sent for a later time; the Device then keeps it until that time.',
	both: 'It can be sent for a later time; the DCC or the Device then keeps it until that time.'
} as const;

function explainVariant(code: string): TermHelp {
	const { name, known } = describeVariant(code);
	const row = variantTable.variants.find((variant) => variant.code === code);
	if (!row)
		return {
			kind: 'srv',
			term: code,
			title: name,
			known,
			sentences: ['The table of SRVs does not list this SRV, so Causeway treats it as a write.']
		};
	const sentences = [
		{
			read: 'This Service Request reads data from a Device.',
			write: 'This Service Request changes something on a Device.',
			'non-device': 'The DCC answers this Service Request, and no Device receives a command.'
		}[row.kind]
	];
	if (row.roles.length > 0)
		sentences.push(
			row.roles.length === 1
				? `Users in the role ${row.roles[0]} may send it.`
				: `Users in the roles ${list(row.roles, 'and')} may send it.`
		);
	if (row.critical) sentences.push('It is critical: the Device checks the signature of the sender itself.');
	if (changesCredentials(code)) sentences.push('It replaces credentials on the Device.');
	if (STORED_BY[row.futureDated]) sentences.push(STORED_BY[row.futureDated]);
	return { kind: 'srv', term: code, title: name, known, sentences };
}
