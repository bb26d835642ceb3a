// Defines the routes of ingest: Alerts, Service Requests, Devices and DUIS messages.
import type { z } from 'zod';
import { AlertIn } from '#lib/domain/alert.ts';
import { DeviceIn } from '#lib/domain/device.ts';
import { ServiceRequestIn } from '#lib/domain/service-request.ts';
import type { Route } from '#lib/server/http/route.ts';
import {
	IngestResult,
	ingestAlerts,
	ingestDevices,
	ingestDevicesCsv,
	ingestDuis,
	ingestServiceRequests,
	type IngestServices
} from './ingest.ts';

const JSON_TYPES = ['application/json', 'application/x-ndjson', 'application/ndjson'];
const CSV_TYPES = [...JSON_TYPES, 'text/csv'];
const MEBIBYTE = 1024 * 1024;
/** Describes the body of a route that accepts many records. */
const recordsBody = (types: readonly string[], schema: z.ZodType) => ({ types, bytes: 8 * MEBIBYTE, schema });

export const ingestRoutes: ReadonlyArray<Route<IngestServices>> = [
	{
		method: 'POST',
		path: '/alerts',
		scope: 'ingest',
		summary: 'Store Alerts: one record, an array or NDJSON',
		takes: recordsBody(JSON_TYPES, AlertIn),
		gives: IngestResult,
		handle: ({ services, caller, body, type }) => ingestAlerts(services, caller, body, type)
	},
	{
		method: 'POST',
		path: '/service-requests',
		scope: 'ingest',
		summary: 'Store Service Requests: one record, an array, NDJSON or CSV',
		takes: recordsBody(CSV_TYPES, ServiceRequestIn),
		gives: IngestResult,
		handle: ({ services, caller, body, type }) => ingestServiceRequests(services, caller, body, type)
	},
	{
		method: 'POST',
		path: '/duis',
		scope: 'ingest',
		summary: 'Store the header fields of one DUIS Response or Request message',
		takes: { types: ['application/xml', 'text/xml'], bytes: MEBIBYTE },
		handle: ({ services, caller, body }) => ingestDuis(services, caller, body)
	},
	{
		method: 'POST',
		path: '/devices',
		scope: 'ingest',
		summary: 'Store Devices with hub and tenures: one record, an array, NDJSON or CSV',
		takes: recordsBody(CSV_TYPES, DeviceIn),
		gives: IngestResult,
		handle: ({ services, caller, body, type }) =>
			type === 'text/csv'
				? ingestDevicesCsv(services, caller, body)
				: ingestDevices(services, caller, body, type)
	}
];
