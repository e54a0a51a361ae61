import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const shell = (command: string) => promisify(execFile)('bash', ['-o', 'pipefail', '-c', command]);

it('a reader that closes the pipe ends a command quietly', async () => {
  const { stdout, stderr } = await shell('node bin/hookline.ts ranges --help | head -1');

  expect([stdout.split('\n').length, stderr]).toEqual([2, '']);
});

it.runIf(existsSync('/dev/full'))('an output that cannot be written is an error', async () => {
  await expect(shell('node bin/hookline.ts --help > /dev/full')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^The output cannot be written: .*ENOSPC/),
  });
});
