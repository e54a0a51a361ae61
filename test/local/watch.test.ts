import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, test, vi } from 'vitest';
import { LocalAwsError } from '../../local/failure.ts';
import { redeployOnSave } from '../../local/watch.ts';
import { freshDirectory } from './support/fresh-directory.ts';

test('a save deploys; a failed deploy is shown and the next save deploys again', async () => {
  const directory = freshDirectory();
  const lines: string[] = [];
  const redeploy = vi
    .fn<() => Promise<{ changes: string; newSources: string[] }>>()
    .mockRejectedValueOnce(new LocalAwsError('The deploy was refused: no such queue'))
    .mockResolvedValue({ changes: 'changed: Echo', newSources: ['http://new'] });
  const stopped = new AbortController();
  redeployOnSave(
    { redeploy },
    [directory],
    (line) => lines.push(stripVTControlCharacters(line)),
    stopped.signal,
  );

  writeFileSync(join(directory, 'a.ts'), '1');
  writeFileSync(join(directory, 'b.ts'), '1');
  writeFileSync(join(directory, 'a.ts.swp'), '1');
  await vi.waitFor(() => expect(lines).toHaveLength(2), 5000);
  // As editors do: a new file takes the old one's place, and is then written to.
  renameSync(join(directory, 'a.ts.swp'), join(directory, 'b.ts'));
  await vi.waitFor(() => expect(lines).toHaveLength(4), 5000);
  writeFileSync(join(directory, 'b.ts'), '3');
  await vi.waitFor(() => expect(lines).toHaveLength(6), 5000);
  mkdirSync(join(directory, 'new'));
  await vi.waitFor(
    () => {
      writeFileSync(join(directory, 'new', 'c.ts'), '1');
      expect(lines).toHaveLength(8);
    },
    { timeout: 5000, interval: 300 },
  );
  stopped.abort();

  expect(lines[0]).toMatch(/^· \S*a\.ts, \S*b\.ts saved, deploying …$/);
  expect(lines[1]).toBe(
    '✘ not deployed, the last version keeps running. The deploy was refused: no such queue',
  );
  expect(lines[2]).toMatch(/^· \S*b\.ts saved/);
  expect(lines[3]).toMatch(/^✔ deployed, changed: Echo \d.*\n {2}POST http:\/\/new$/);
  expect(lines[6]).toMatch(/^· \S*new\/c\.ts saved/);
  expect(redeploy).toHaveBeenCalledTimes(4);
});
