import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import * as v from 'valibot';
import { expect } from 'vitest';
import { type ManagementCall, managementFetch } from '../../../cli/stack/management-client.ts';
import openapi from '../../../lambdas/management/openapi.json' with { type: 'json' };
import { clientConfig } from '../../../local/endpoint.ts';
import type { LocalStack } from './local-stack.ts';

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(openapi, 'api');

const Json = v.any();

/** A response of the API, which conforms to its description. */
export interface Answer {
  readonly status: number;
  /** JSON, to be looked into. */
  readonly body: v.InferOutput<typeof Json>;
  readonly etag: string;
}

/** Calls the management API, and checks every response against `openapi.json`. */
export function management({ outputs }: LocalStack) {
  const { awsEndpoint, caFile } = outputs;
  const { region, credentials } = clientConfig({ url: awsEndpoint, caFile });
  const send = managementFetch(outputs.managementUrl, {
    region: async () => region,
    credentials: async () => credentials,
  });

  return async (
    method: ManagementCall['method'],
    path: string,
    body?: unknown,
    more: Pick<ManagementCall, 'query' | 'ifMatch'> = {},
  ): Promise<Answer> => {
    const response = await send({ method, path, body, ...more });
    const text = await response.text();
    const answer = text === '' ? undefined : JSON.parse(text);
    expectConforming(method, path, response, answer);
    return { status: response.status, body: answer, etag: response.headers.get('etag') ?? '' };
  };
}

function expectConforming(method: string, path: string, response: Response, answer: unknown): void {
  const isProblem = response.headers.get('content-type')?.includes('problem+json') ?? false;
  expect(isProblem).toBe(!response.ok);
  if (isProblem) expectSchema('#/components/schemas/Problem', answer);
  else if (answer !== undefined && path !== '/v1/openapi.json') {
    const template = Object.keys(openapi.paths).find((candidate) =>
      new RegExp(`^${candidate.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
    );
    const pointer = [
      ...['paths', template ?? 'none', method.toLowerCase(), 'responses', String(response.status)],
      ...['content', 'application/json', 'schema'],
    ];
    expectSchema(`#/${pointer.map(encoded).join('/')}`, answer);
  }
  expect(response.headers.has('allow')).toBe(response.status === 405);
}

const encoded = (part: string): string =>
  encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));

function expectSchema(pointer: string, answer: unknown): void {
  const validate = ajv.getSchema(`api${pointer}`) ?? ajv.compile({ $ref: `api${pointer}` });
  validate(answer);
  expect(validate.errors ?? []).toEqual([]);
}
