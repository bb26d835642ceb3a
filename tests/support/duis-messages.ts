// Builds DUIS messages: a test names only the fields that it tests.
const SR = 'http://www.dccinterface.co.uk/ServiceUserGateway';

export interface Envelope {
	requestId?: string;
	responseId?: string;
	responseCode?: string;
	at?: string;
	schemaVersion?: string | null;
}

export const response = (
	body: string,
	{
		requestId,
		responseId,
		responseCode = 'I0',
		at = '2026-11-05T02:14:19.000Z',
		schemaVersion = '5.4'
	}: Envelope = {}
): string =>
	`<?xml version="1.0" encoding="UTF-8"?>
<sr:Response xmlns:sr="${SR}" xmlns:ra="http://www.dccinterface.co.uk/ResponseAndAlert"${schemaVersion === null ? '' : ` schemaVersion="${schemaVersion}"`}>
<sr:Header>${requestId ? `<sr:RequestID>${requestId}</sr:RequestID>` : ''}${responseId ? `<sr:ResponseID>${responseId}</sr:ResponseID>` : ''}
<sr:ResponseCode>${responseCode}</sr:ResponseCode><sr:ResponseDateTime>${at}</sr:ResponseDateTime></sr:Header>${body ? `<sr:Body>${body}</sr:Body>` : ''}</sr:Response>`;

const base64 = (bytes: number[]): string => Buffer.from(bytes).toString('base64');

export const deviceAlert = (code: string, gbcs: number[], throttled = ''): string =>
	`<sr:DeviceAlertMessage><sr:AlertCode>${code}</sr:AlertCode>${throttled}<sr:GBCSPayload>${base64(gbcs)}</sr:GBCSPayload></sr:DeviceAlertMessage>`;

export const futureDatedAlert = (code: string, gbcs: number[], instruction = 1, of = 1): string =>
	`<sr:ResponseMessage><sr:ServiceReference>1.1</sr:ServiceReference><sr:ServiceReferenceVariant>1.1.1</sr:ServiceReferenceVariant><sr:FutureDatedDeviceAlertMessage><sr:FutureDatedAlertCode>${code}</sr:FutureDatedAlertCode><sr:GBCSPayload>${base64(gbcs)}</sr:GBCSPayload><sr:InstructionNumber>${instruction}</sr:InstructionNumber><sr:TotalCommandInstructions>${of}</sr:TotalCommandInstructions></sr:FutureDatedDeviceAlertMessage></sr:ResponseMessage>`;

/** Builds a DCC Alert. `fields`: the content of the element `kind`. Element names without a prefix get the prefix `sr`. */
export const dccAlert = (code: string, kind: string, fields: string): string =>
	`<sr:DCCAlertMessage><sr:DCCAlertCode>${code}</sr:DCCAlertCode><sr:DCCAlert><sr:${kind}>${prefixed(fields)}</sr:${kind}></sr:DCCAlert></sr:DCCAlertMessage>`;

export const smets1Alert = (device: string, code: string, time: string, clockStatus = 'reliable'): string =>
	`<sr:SMETS1ResponseMessage><sr:SMETS1SignedResponse schemaVersion="5.4"><sr:SMETS1Response><sr:Header><sr:BusinessOriginatorID>${device}</sr:BusinessOriginatorID></sr:Header><sr:Body><sr:DeviceAlertMessage><ra:DeviceAlertContent><ra:GBCSHexAlertCode>${code}</ra:GBCSHexAlertCode><ra:AlertDescription>text</ra:AlertDescription><ra:Timestamp ClockStatus="${clockStatus}">${time}</ra:Timestamp></ra:DeviceAlertContent></sr:DeviceAlertMessage></sr:Body></sr:SMETS1Response></sr:SMETS1SignedResponse></sr:SMETS1ResponseMessage>`;

export const request = (requestId: string, variant: string, body: string): string =>
	`<sr:Request xmlns:sr="${SR}" schemaVersion="5.4"><sr:Header><sr:RequestID>${requestId}</sr:RequestID><sr:CommandVariant>1</sr:CommandVariant><sr:ServiceReference>${variant.split('.').slice(0, 2).join('.')}</sr:ServiceReference><sr:ServiceReferenceVariant>${variant}</sr:ServiceReferenceVariant></sr:Header><sr:Body>${prefixed(body)}</sr:Body></sr:Request>`;

const prefixed = (xml: string): string => xml.replace(/<(\/?)(?=[A-Za-z])(?![a-z0-9]+:)/g, '<$1sr:');
