import { type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { Condition } from '../domain/payload-filter.ts';
import type { OperationShape } from './operation.ts';
import { ProblemView } from './schemas.ts';

type Json = Readonly<Record<string, unknown>>;

const textHeader = (description: string) => ({ description, schema: { type: 'string' } });

/** The default response of every operation. */
const anyProblem = {
  description: 'What is wrong, as problem details (RFC 9457)',
  headers: { Allow: textHeader('With 405 only: the methods that the path accepts') },
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

/**
 * Describes operations as OpenAPI 3.1, generated from the schemas that parse their requests.
 *
 * @see https://spec.openapis.org/oas/v3.1.1.html
 */
export function openapiOf(operations: readonly OperationShape[], version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const shape of operations) {
    paths[shape.path] = { ...paths[shape.path], [shape.method.toLowerCase()]: describe(shape) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Hookline management API',
      version,
      description:
        'Endpoints, deliveries and events of one deployment. Requests are signed with AWS Signature Version 4.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'The ManagementUrl output of the stack' }],
    security: [{ sigv4: [] }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { Problem: schemaOf(ProblemView, 'output'), PayloadFilter: payloadFilter() },
      securitySchemes: {
        sigv4: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          description: 'AWS Signature Version 4, service execute-api',
        },
      },
    },
  };
}

function describe(shape: OperationShape): Json {
  const responses = Object.entries(shape.responses).map(([status, { description, schema, hasEtag }]) => [
    status,
    {
      description,
      ...(hasEtag && { headers: { ETag: etag } }),
      ...(schema && { content: { 'application/json': { schema: schemaOf(schema, 'output') } } }),
    },
  ]);
  return {
    operationId: shape.id,
    summary: shape.summary,
    tags: [shape.tag],
    parameters: [
      ...parametersOf(shape.params, 'path'),
      ...(shape.query ? parametersOf(shape.query, 'query') : []),
      ...(shape.isVersioned ? [ifMatch] : []),
    ],
    ...(shape.body && {
      requestBody: {
        required: !shape.isBodyOptional,
        content: { 'application/json': { schema: schemaOf(shape.body, 'input') } },
      },
    }),
    responses: { ...Object.fromEntries(responses), default: anyProblem },
  };
}

const etag = textHeader('The version of the resource, for If-Match');

const ifMatch = {
  name: 'If-Match',
  in: 'header',
  description:
    'The ETag that you have read. If the resource has changed since, the request gets a 412 and changes nothing',
  required: false,
  schema: { type: 'string' },
};

function parametersOf(schema: v.GenericSchema, place: 'path' | 'query'): Json[] {
  const { properties = {}, required = [] } = schemaOf(schema, 'input');
  return Object.entries(properties).map(([name, own]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: own,
  }));
}

/** Leaves out checks that JSON Schema cannot express; the response to a wrong request names them. */
function schemaOf(schema: v.GenericSchema, typeMode: 'input' | 'output'): JsonSchema {
  const {
    $schema: _,
    $defs: __,
    ...json
  } = toJsonSchema(schema, {
    target: 'draft-2020-12',
    typeMode,
    errorMode: 'ignore',
    // The only recursive schema.
    overrideSchema: ({ valibotSchema }) => (valibotSchema.type === 'lazy' ? filterRef : undefined),
  });
  return json;
}

const filterRef = { $ref: '#/components/schemas/PayloadFilter' };

/** A condition, or several under `all`, `any` or `not`. */
function payloadFilter(): Json {
  const several = { type: 'array', items: filterRef, minItems: 1, maxItems: 50 };
  const only = (name: string, schema: Json): Json => ({
    type: 'object',
    properties: { [name]: schema },
    required: [name],
    additionalProperties: false,
  });
  return {
    anyOf: [schemaOf(Condition, 'input'), only('all', several), only('any', several), only('not', filterRef)],
  };
}
