import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hotKeys } from '../../bench/scale/hot-keys.ts';
import { awsLimits, demands, exceeded, limitNames } from '../../bench/scale/limits.ts';
import { allRuns, picturesOf, withTables } from '../../bench/scale/page.ts';
import * as tables from '../../lambdas/domain/tables.ts';

const docs = join(import.meta.dirname, '../../docs');
const read = (file: string) => readFileSync(join(docs, file), 'utf8');
/** The simulations take some seconds, on a busy machine more. */
const patience = 120_000;

describe('docs/scale.md', () => {
  test('docs/scale.md and its pictures are what npm run scale:page makes', { timeout: patience }, () => {
    const runs = allRuns();

    expect(withTables(read('scale.md'), runs)).toBe(read('scale.md'));
    for (const [name, svg] of picturesOf(runs)) {
      expect(read(name), `${name}: npm run scale:page`).toBe(svg);
      expect(read('scale.md')).toContain(`](${name})`);
    }
  });

  test('docs/scale.md has a key of each table and each index', () => {
    const indexes = Object.values(tables).flatMap((table) =>
      typeof table === 'object' && 'partitionKey' in table ? [table.name] : [],
    );

    expect(hotKeys.flatMap(({ index }) => index ?? []).sort()).toEqual(indexes.sort());
    expect(new Set(hotKeys.map(({ table }) => table)).size).toBe(4);
  });

  test('docs/scale.md says for each key that takes too much what would have to change', () => {
    for (const { key, writes, reads, change } of hotKeys) {
      const isHot = writes >= awsLimits.keyWrites.value || reads >= awsLimits.keyReads.value;
      expect(change !== undefined, key).toBe(isHot);
    }
  });

  test('docs/scale.md has the command for each quota that it says to raise', () => {
    const remedies = demands.map(({ remedy }) => remedy(100_000)).join();
    for (const name of limitNames) {
      const { service, code } = awsLimits[name];
      if (code === undefined || !remedies.includes(code)) continue;
      expect(read('scale.md')).toContain(
        `aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} `,
      );
    }
  });

  test('docs/scale.md names the limits of a rate in the order in which a growing rate hits them', () => {
    const [first] = exceeded('outbound', 100_000);

    expect(first).toBe(exceeded('outbound', 10_000)[0]);
    expect(exceeded('outbound', 1_000)).toEqual([]);
  });
});
