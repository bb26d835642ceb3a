// The command that an Alert names. A GBCS reference is originator, Device and counter; a DCC Alert gives the RequestID.
// The counter in an Alert's own header is the Device's and never a reference.
import type { CommandReference } from './command-reference.ts';
import { variantsOfMessageCode } from './service-reference-variant.ts';
import { splitRequestId, type ServiceRequest } from './service-request.ts';

export type ReferenceMatch =
	| { kind: 'none' }
	/** The Alert names a command that the audit data does not hold (yet). */
	| { kind: 'missing' }
	| { kind: 'one'; request: ServiceRequest; how: string }
	/** Two Users used one counter, and the Alert does not say which: both are shown, never a guess. */
	| { kind: 'several'; requests: ServiceRequest[] };

export function matchReference(
	reference: CommandReference | null,
	deviceId: string,
	requests: readonly ServiceRequest[]
): ReferenceMatch {
	if (!reference || (!reference.requestId && !reference.counter)) return { kind: 'none' };
	if (reference.requestId) {
		const request = requests.find((r) => r.requestId === reference.requestId);
		return request ? { kind: 'one', request, how: `the Alert names its RequestID` } : { kind: 'missing' };
	}
	const variants = reference.messageCode ? variantsOfMessageCode(reference.messageCode) : [];
	const named = requests.filter((request) => {
		if (request.counter !== reference.counter || !wasSentTo(request, deviceId)) return false;
		if (reference.originatorId && originatorOf(request) !== reference.originatorId) return false;
		return (
			variants.length === 0 ||
			request.serviceReferenceVariant === '' ||
			variants.includes(request.serviceReferenceVariant)
		);
	});
	if (named.length > 1) return { kind: 'several', requests: named };
	const [request] = named;
	if (!request) return { kind: 'missing' };
	const what = [
		`counter ${reference.counter}`,
		reference.messageCode && `message code ${reference.messageCode}`
	].filter(Boolean);
	return { kind: 'one', request, how: `the Alert names the command: ${what.join(', ')}` };
}

const originatorOf = (request: ServiceRequest): string => splitRequestId(request.requestId).userId;

const wasSentTo = (request: ServiceRequest, deviceId: string): boolean =>
	request.deviceId === deviceId || splitRequestId(request.requestId).deviceId === deviceId;
