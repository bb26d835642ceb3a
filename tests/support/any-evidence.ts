// Generates evidence around the Alert at noon of evidence.ts, for property tests of explanations.
import fc from 'fast-check';
import type { AlertFacts, HomeDevice } from '#lib/domain/correlation/evidence.ts';
import { patternKey, type LearnedPattern } from '#lib/domain/learned-pattern.ts';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import {
	commandReference,
	consumerService,
	electricityMeter,
	evidence,
	gasMeter,
	gasSupplier,
	home,
	HOUR_MS,
	hub,
	networkOperator,
	NOON,
	otherSupplierId,
	ourSupplierId,
	ourUser,
	request,
	SECOND_MS,
	supplierAgent
} from './evidence.ts';

const users = [ourUser, gasSupplier, networkOperator, consumerService, supplierAgent];
const anyRequest = fc
	.record({
		user: fc.constantFrom(...users),
		variant: fc.constantFrom('6.5', '6.15.1', '4.6.1', '8.11', '1.1.1', '6.22', '11.3', '9.99'),
		before: fc.integer({ min: -3000, max: 9000 }),
		answer: fc.constantFrom(null, 'I0', 'E21', 'E4', 'E65'),
		device: fc.constantFrom(electricityMeter, hub, gasMeter),
		counter: fc.integer({ min: 1, max: 1e9 })
	})
	.map(({ user, variant, before, answer, device, counter }) =>
		request(user, variant, before, {
			deviceId: device,
			responseCode: answer,
			respondedAt: answer === null ? null : NOON - before * SECOND_MS + 30 * SECOND_MS,
			counter: String(counter)
		})
	);
export const anyRequests = fc.uniqueArray(anyRequest, { maxLength: 12, selector: (r) => r.requestId });
export const anyCode = fc.constantFrom('8F30', '8F3E', '8F76', '8F35', '8183', '8F66', '8FFF', '8F0C');

/** Makes learned patterns before Alerts of this code. */
export const anyPattern = (alertCode: string): fc.Arbitrary<LearnedPattern> =>
	fc.record({
		deviceType: fc.constant('ESME'),
		code: fc.constant(alertCode),
		serviceReferenceVariant: fc.constantFrom('6.5', '6.15.1', '4.6.1', '8.11', '1.1.1', '6.22', '11.3'),
		userRole: fc.constantFrom('IS', 'GS', 'ED', 'OU', 'RSA'),
		relation: fc.constantFrom('same-device', 'same-hub'),
		withinSeconds: fc.constantFrom(30, 600, 21_600),
		seen: fc.constant(40),
		of: fc.constant(50),
		byChance: fc.constant(1),
		lift: fc.constant(40),
		low: fc.constant(20),
		high: fc.constant(80),
		devices: fc.constant(30),
		offered: fc.boolean()
	});

const anyReference = fc.oneof(
	{ weight: 2, arbitrary: fc.constant(null) },
	fc.record({
		named: fc.constantFrom('request', 'counter', 'nothing'),
		user: fc.constantFrom(ourUser, networkOperator, null),
		messageCode: fc.constantFrom(null, '0019', '00CA', '0008'),
		instructions: fc.constantFrom(null, 1, 3)
	})
);
/** Any evidence of each kind, and what the row of its Alert has beside it. */
export const anyEvidence = anyCode
	.chain((code) => fc.tuple(fc.constant(code), fc.option(anyPattern(code), { nil: undefined })))
	.chain(([code, pattern]) =>
		fc.record({
			code: fc.constantFrom(code, code, code, '8F66', '8F67', '8F84', '8F3F', '8F3D', '8154', 'N24', '8AAA'),
			dccPayload: fc.constantFrom(null, null, 'CommandFailure', 'SecurityCredentialsUpdated', 'Unheard'),
			pattern: fc.constant(pattern),
			requests: anyRequests,
			reference: anyReference,
			tenure: fc.constantFrom('always', 'always', 'new', 'former', 'unknown'),
			completeUntil: fc.constantFrom(null, NOON + 24 * HOUR_MS),
			clockStatus: fc.constantFrom('reliable', 'reliable', 'unreliable', 'invalid'),
			throttledCount: fc.constantFrom(null, null, 1, 17),
			roleOnly: fc.constantFrom<string[]>([], ['OU', 'ED']),
			userName: fc.constantFrom(null, '', 'Ann "Grid" Ltd'),
			executed: fc.constantFrom(null, null, 'on-demand', 'future-dated-device', 'future-dated-dsp'),
			effectiveAt: fc.constantFrom(NOON, NOON + 250, NOON - 700),
			recipientId: fc.constantFrom(null, ourUser),
			reports: fc.constantFrom(0, 1, 2),
			raisedAt: fc.constantFrom(null, NOON, NOON - 90 * 86_400_000),
			own: fc.constantFrom(null, ourSupplierId),
			sharedCounter: fc.boolean()
		})
	)
	.map(({ requests, reference, executed, userName, pattern, own, raisedAt, ...one }) => {
		const alert: Partial<AlertFacts> = {
			code: one.code,
			kind: one.code.startsWith('8') ? 'device' : 'dcc',
			dccPayload: one.dccPayload,
			clockStatus: one.clockStatus,
			throttledCount: one.throttledCount,
			effectiveAt: one.effectiveAt,
			recipientId: one.recipientId,
			reference:
				reference &&
				commandReference({
					originatorId: reference.user,
					messageCode: reference.messageCode,
					instructions: reference.instructions,
					instruction: reference.instructions && 1,
					requestId: reference.named === 'request' ? (requests[0]?.requestId ?? null) : null,
					counter: reference.named === 'counter' ? (requests[0]?.counter ?? '77') : null
				})
		};
		const sent = requests.map((request, i): ServiceRequest => ({
			...request,
			...(one.sharedCounter && withCounter(request, requests[0]!)),
			userName,
			...(executed && { mode: executed, executeAt: NOON - (i + 4) * SECOND_MS }),
			fedBy: i % 3 === 0 && own !== null ? [null, own] : request.fedBy
		}));
		const given = evidence(alert, {
			requests: sent,
			home: homeOf(one.tenure),
			completeUntil: one.completeUntil,
			learned: new Map(pattern && [[patternKey(pattern), pattern]]),
			roleOnly: new Set(one.roleOnly),
			reports: Array.from({ length: one.reports }, (_, i) => ({
				code: i === 0 ? one.code : '8F67',
				reference: { ...(alert.reference ?? commandReference({})), instruction: i + 1 },
				at: NOON
			}))
		});
		return { given, more: { raisedAt, fedBy: own, isWalled: own !== null } };
	});

/** Makes the home in which our meter has this tenure. */
function homeOf(tenure: string): Map<string, HomeDevice> {
	const devices = home();
	const meter = devices.get(electricityMeter)!;
	if (tenure === 'unknown') devices.delete(electricityMeter);
	if (tenure === 'former')
		devices.set(electricityMeter, {
			...meter,
			tenures: [
				{ supplierId: ourSupplierId, from: 0, to: NOON - HOUR_MS },
				{ supplierId: otherSupplierId, from: NOON - HOUR_MS, to: null }
			]
		});
	if (tenure === 'new')
		devices.set(electricityMeter, {
			...meter,
			tenures: [{ supplierId: ourSupplierId, from: NOON - HOUR_MS, to: null }]
		});
	if (tenure !== 'always')
		devices.set(gasMeter, {
			...devices.get(gasMeter)!,
			tenures: [{ supplierId: ourSupplierId, from: 0, to: null }]
		});
	return devices;
}

/** Returns the fields that give a request the counter of another User's request. */
const withCounter = (
	request: ServiceRequest,
	{ userId, counter }: ServiceRequest
): Partial<ServiceRequest> =>
	request.userId === userId ? {} : { counter, requestId: `${request.userId}:${request.deviceId}:${counter}` };
