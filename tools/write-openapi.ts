import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openapiOf } from '../lambdas/management/openapi.ts';
import { operations } from '../lambdas/management/operations.ts';

// npm run openapi: writes the OpenAPI document that the API serves at /v1/openapi.json, from the schemas that parse its requests.
const root = resolve(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const file = join(root, 'lambdas/management/openapi.json');
writeFileSync(file, `${JSON.stringify(openapiOf(operations, version), undefined, 1)}\n`);
console.log(file);
