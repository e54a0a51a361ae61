import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, it } from 'vitest';
import { openapiOf } from '../../lambdas/management/openapi.ts';
import { operations } from '../../lambdas/management/operations.ts';

const root = resolve(import.meta.dirname, '../..');
const written = JSON.parse(readFileSync(resolve(root, 'lambdas/management/openapi.json'), 'utf8'));
const { version } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8'));

it('the description of the management API is OpenAPI 3.1', async () => {
  expect(await new Validator().validate(structuredClone(written))).toEqual({ valid: true });
  expect(written.openapi).toMatch(/^3\.1\./);
});

it('the description of the management API is made from the schemas that parse: npm run openapi writes it', () => {
  expect(written).toEqual(JSON.parse(JSON.stringify(openapiOf(operations, version))));
});

it('every operation has a unique name, and responds with problem details when it fails', () => {
  const described = Object.values<Record<string, { operationId: string; responses: object }>>(
    written.paths,
  ).flatMap((path) => Object.values(path));

  expect(described).toHaveLength(operations.length);
  expect(new Set(described.map(({ operationId }) => operationId)).size).toBe(operations.length);
  for (const { responses } of described) {
    expect(responses).toMatchObject({ default: { headers: { Allow: { schema: { type: 'string' } } } } });
  }
});
