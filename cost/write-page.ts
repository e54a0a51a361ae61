import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTables } from './page.ts';

/** `npm run cost:page`: computes the tables of docs/cost.md again, after prices or counts have changed. */
const file = join(import.meta.dirname, '../docs/cost.md');
writeFileSync(file, withTables(readFileSync(file, 'utf8')));
