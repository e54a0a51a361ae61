import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allRuns, picturesOf, withTables } from './page.ts';

/**
 * `npm run scale:page`: simulates the scenarios of docs/scale.md in virtual time, and writes its tables and pictures. Run it after
 * the counted calls, the measured times or the limiter have changed. It takes some seconds.
 */
const docs = join(import.meta.dirname, '../../docs');
const runs = allRuns();
for (const [name, svg] of picturesOf(runs)) writeFileSync(join(docs, name), svg);
const page = join(docs, 'scale.md');
writeFileSync(page, withTables(readFileSync(page, 'utf8'), runs));
