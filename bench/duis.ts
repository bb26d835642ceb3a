// Writes Alerts of the trace as DUIS messages, as a DCC adapter forwards them: one message a call.
import { readDuis } from '#lib/server/duis/message.ts';
import { deviceAlert, response } from '../tests/support/duis-messages.ts';
import { cosemTime, dlms, signed } from '../tests/support/gbcs-encoder.ts';
import { SUPPLIERS, type Trace, type TraceSupplier } from './trace.ts';

/**
 * Returns Alert `i` as a DUIS message, and the id of the stored Alert. Returns `null` if it is not a Device Alert.
 */
export function duisOf(trace: Trace, i: number): { xml: string; messageId: string } | null {
	const alert = trace.alertAt(i);
	if (alert.kind !== 'device' || alert.raisedAt === null) return null;
	const target = responsible(trace, alert.deviceId).userIds[0]!;
	const gbcs = signed(
		{ device: alert.deviceId, target, counter: BigInt(i + 1), messageCode: '1000' },
		dlms(alert.code, cosemTime(new Date(alert.raisedAt)))
	);
	const responseId = `${alert.deviceId}:${target}:${i + 1}`;
	const xml = response(deviceAlert(alert.code, gbcs), { responseId, at: alert.receivedAt });
	const reading = readDuis(Buffer.from(xml), new Date(alert.receivedAt));
	if (!reading.ok || reading.kind !== 'alert')
		throw new Error(
			`Causeway cannot read Alert ${i} of the trace as a DUIS Alert: ${reading.ok ? reading.kind : reading.reason}`
		);
	return { xml, messageId: reading.alert.messageId! };
}

/** Returns the Responsible Supplier of a Device, to which the Alerts of the Device are addressed. */
export function responsible(trace: Trace, deviceId: string): TraceSupplier {
	const { tenures } = trace.deviceOf(deviceId);
	return SUPPLIERS.find(({ slug }) => slug === tenures[0]?.supplier)!;
}
