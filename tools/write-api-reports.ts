import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { apiReports } from './build-package/api-reports.ts';

// `npm run api`, after `npm run build`: writes what programs can import of the package to docs/api/. A test compares it.

const root = resolve(import.meta.dirname, '..');
const folder = join(root, 'docs/api');
mkdirSync(folder, { recursive: true });
for (const [name, text] of apiReports(root, join(root, 'dist/package')))
  writeFileSync(join(folder, name), text);
