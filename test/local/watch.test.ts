import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, test, vi } from 'vitest';
import { LocalAwsError } from '../../local/failure.ts';
import { changesIn, redeployOnSave } from '../../local/watch.ts';

const log = `
Hookline | 0/3 | 3:25:19 AM | UPDATE_IN_PROGRESS   | AWS::Lambda::Function | Stripe/Receive (StripeReceive11F3FB29)
Hookline | 1/3 | 3:25:19 AM | UPDATE_COMPLETE      | AWS::Lambda::Function | Stripe/Receive (StripeReceive11F3FB29)
Hookline | 2/3 | 3:25:19 AM | CREATE_COMPLETE      | AWS::SQS::Queue       | Extra
Hookline | 3/3 | 3:25:19 AM | UPDATE_COMPLETE      | AWS::CloudFormation::Stack | Hookline
`;

test('what a deploy did is told by the names in the app', () => {
  expect(changesIn(log)).toBe('updated Stripe/Receive, created Extra');
  expect(changesIn(' ✅  Hookline (no changes)')).toBe('nothing to change');
});

test('a save deploys; a deploy that fails is shown and the next save deploys again', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'hookline-test-'));
  const lines: string[] = [];
  const redeploy = vi
    .fn<() => Promise<{ log: string }>>()
    .mockRejectedValueOnce(new LocalAwsError('The deploy was refused: no such queue'))
    .mockResolvedValueOnce({ log });
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
  writeFileSync(join(directory, 'b.ts'), '2');
  await vi.waitFor(() => expect(lines).toHaveLength(4), 5000);
  stopped.abort();

  expect(lines[0]).toMatch(/^· \S*a\.ts, \S*b\.ts saved, deploying …$/);
  expect(lines[1]).toBe(
    '✘ not deployed, the last version keeps running. The deploy was refused: no such queue',
  );
  expect(lines[2]).toMatch(/^· \S*b\.ts saved/);
  expect(lines[3]).toMatch(/^✔ deployed: updated Stripe\/Receive, created Extra \d/);
  expect(redeploy).toHaveBeenCalledTimes(2);
});
