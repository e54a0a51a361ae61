import { expect, it } from 'vitest';
import { cliAws } from '../../support/cli/aws.ts';

it.each([
  [
    ['--since', '2026-11-25T00:00:00Z'],
    'There is no delivery created since 2026-11-25T00:00:00.000Z',
    '#createdAt >= :createdAt',
    { ':createdAt': { N: '1795564800000' } },
  ],
  [
    ['--status', 'failed'],
    'There is no failed delivery',
    '#status = :status',
    { ':status': { S: 'failed' } },
  ],
  [
    ['--status', 'failed', '--since', '2026-11-25T00:00:00Z'],
    'There is no failed delivery created since 2026-11-25T00:00:00.000Z',
    '#status = :status AND #createdAt >= :createdAt',
    { ':status': { S: 'failed' }, ':createdAt': { N: '1795564800000' } },
  ],
  [[], 'There is no delivery', undefined, undefined],
])('deliveries list %j lists those of all endpoints', async (args, said, FilterExpression, values) => {
  await using aws = await cliAws();

  const { code, stdout } = await aws.run('deliveries', 'list', ...args);

  expect([code, stdout]).toEqual([0, `${said}\n`]);
  const [scan] = aws.inputsOf('Scan');
  expect([scan?.['FilterExpression'], scan?.['ExpressionAttributeValues']]).toEqual([
    FilterExpression,
    values,
  ]);
});
