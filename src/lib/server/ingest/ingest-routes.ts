// Defines the routes of ingest: Alerts, Service Requests, Devices and DUIS messages.
import { z } from 'zod';
import { AlertIn } from '#lib/domain/alert.ts';
import { DeviceIn } from '#lib/domain/device.ts';
import { ServiceRequestIn } from '#lib/domain/service-request.ts';
import { XML_LIMITS } from '#lib/server/duis/xml.ts';
import type { Route } from '#lib/server/http/route.ts';
import {
	IngestResult,
	ingestAlerts,
	ingestDevices,
	ingestServiceRequests,
	type IngestServices
} from './ingest.ts';
import { DUIS_BATCH_BYTES } from './duis-bodies.ts';
import { DuisBatchResult, DuisResult, ingestDuis, ingestDuisBatch } from './ingest-duis.ts';

const JSON_TYPES = ['application/json', 'application/x-ndjson', 'application/ndjson'];
const CSV_TYPES = [...JSON_TYPES, 'text/csv'];
const XML_TYPES = ['application/xml', 'text/xml'];
const MEBIBYTE = 1024 * 1024;
/** Describes the body of a route that accepts many records. */
const recordsBody = (types: readonly string[], schema: z.ZodType) => ({
	types,
	bytes: 8 * MEBIBYTE,
	schema,
	isList: true
});

export const ingestRoutes: ReadonlyArray<Route<IngestServices>> = [
	{
		method: 'POST',
		path: '/alerts',
		scope: 'ingest',
		succeeds: [202],
		refuses: [409, 429],
		summary: 'Store Alerts: one record, an array or NDJSON',
		takes: recordsBody(JSON_TYPES, AlertIn),
		gives: IngestResult,
		handle: ({ services, caller, body, type }) => ingestAlerts(services, caller, body, type)
	},
	{
		method: 'POST',
		path: '/service-requests',
		scope: 'ingest',
		succeeds: [202],
		refuses: [429],
		summary: 'Store Service Requests: one record, an array, NDJSON or CSV',
		takes: recordsBody(CSV_TYPES, ServiceRequestIn),
		gives: IngestResult,
		handle: ({ services, caller, body, type }) => ingestServiceRequests(services, caller, body, type)
	},
	{
		method: 'POST',
		path: '/duis',
		scope: 'ingest',
		gives: z.xor([DuisResult, DuisBatchResult]),
		succeeds: [202],
		refuses: [409, 429],
		summary:
			'Store the header fields of DUIS messages: one XML message, NDJSON of texts or a zip of .xml files',
		takes: {
			types: [...XML_TYPES, 'application/x-ndjson', 'application/zip'],
			bytes: DUIS_BATCH_BYTES,
			bytesOf: Object.fromEntries(XML_TYPES.map((type) => [type, XML_LIMITS.maxBytes]))
		},
		handle: ({ services, caller, body, type }) =>
			XML_TYPES.includes(type)
				? ingestDuis(services, caller, body)
				: ingestDuisBatch(services, caller, body, type)
	},
	{
		method: 'POST',
		path: '/devices',
		scope: 'ingest',
		succeeds: [202],
		summary: 'Store Devices with hub and tenures: one record, an array, NDJSON or CSV',
		takes: recordsBody(CSV_TYPES, DeviceIn),
		gives: IngestResult,
		handle: ({ services, caller, body, type }) => ingestDevices(services, caller, body, type)
	}
];
