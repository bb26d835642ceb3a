// Reads the OpenAPI document of the API, and checks values against its schemas with Ajv.
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { openApi } from '#lib/server/api/openapi.ts';
import { routes } from '#lib/server/api/routes.ts';

interface Content {
	content?: Record<string, { schema: object; example?: unknown }>;
}
export interface Operation {
	operationId: string;
	tags: string[];
	requestBody?: Content;
	responses: Record<string, Content & { headers?: object }>;
}

export const document = JSON.parse(JSON.stringify(openApi(routes))) as {
	paths: Record<string, Record<string, Operation>>;
	components: { schemas: Record<string, object> };
};

const ajv = addFormats.default(new Ajv2020({ strict: false }));

/** Returns the faults of a value by a schema of the document. */
export function faultsOf(schema: object, value: unknown): unknown[] {
	const validate = ajv.compile({ ...schema, components: document.components });
	validate(value);
	return validate.errors ?? [];
}
