// What comes in: Alerts, Service Requests, Devices, completeness marks, DUIS messages.
import { AlertIn } from '#lib/domain/alert.ts';
import { DeviceIn } from '#lib/domain/device.ts';
import { ServiceRequestIn } from '#lib/domain/service-request.ts';
import type { z } from 'zod';
import { jsonBody, parse, readJson } from '#lib/server/http/body.ts';
import {
	CompletenessIn,
	IngestResult,
	ingestAlerts,
	ingestDevices,
	ingestDevicesCsv,
	ingestDuis,
	ingestServiceRequests,
	type IngestServices
} from './ingest.ts';
import type { Route } from '#lib/server/http/route.ts';

const JSON_TYPES = ['application/json', 'application/x-ndjson', 'application/ndjson'];
const CSV_TYPES = [...JSON_TYPES, 'text/csv'];
const MEGABYTE = 1024 * 1024;
const batch = (types: readonly string[], schema: z.ZodType) => ({ types, bytes: 8 * MEGABYTE, schema });

export const ingestRoutes: ReadonlyArray<Route<IngestServices>> = [
	{
		method: 'POST',
		path: '/alerts',
		scope: 'ingest',
		summary: 'Keep Alerts: one, an array, or NDJSON',
		takes: batch(JSON_TYPES, AlertIn),
		gives: IngestResult,
		handle: ({ services, caller, body, type }) => ingestAlerts(services, caller, body, type)
	},
	{
		method: 'POST',
		path: '/service-requests',
		scope: 'ingest',
		summary: 'Keep Service Requests: one, an array, NDJSON or CSV',
		takes: batch(CSV_TYPES, ServiceRequestIn),
		gives: IngestResult,
		handle: ({ services, caller, body, type }) => ingestServiceRequests(services, caller, body, type)
	},
	{
		method: 'POST',
		path: '/service-requests/completeness',
		scope: 'ingest',
		summary: 'Say up to when the audit data of a source is complete',
		takes: jsonBody(CompletenessIn),
		async handle({ services, body }) {
			const { source, completeUntil } = parse(CompletenessIn, readJson(body));
			await services.completeness.mark(source, completeUntil);
			return { status: 204 };
		}
	},
	{
		method: 'POST',
		path: '/duis',
		scope: 'ingest',
		summary: 'Keep one DUIS Response or Request message',
		takes: { types: ['application/xml', 'text/xml'], bytes: MEGABYTE },
		handle: ({ services, caller, body }) => ingestDuis(services, caller, body)
	},
	{
		method: 'POST',
		path: '/devices',
		scope: 'ingest',
		summary: 'Keep Devices with hub and tenures: one, an array, NDJSON or CSV',
		takes: batch(CSV_TYPES, DeviceIn),
		gives: IngestResult,
		handle: ({ services, caller, body, type }) =>
			type === 'text/csv'
				? ingestDevicesCsv(services, caller, body)
				: ingestDevices(services, caller, body, type)
	}
];
