import { expect, it } from 'vitest';
import { deliveryDeadLetter, taskDeadLetter, taskMessage } from '../../../lambdas/domain/delivery-task.ts';
import { asDeliveryId, asEndpointId, asTenantId } from '../../../lambdas/domain/ids.ts';
import { unixMillis } from '../../../lambdas/domain/time.ts';
import { cliAws, sqsMessage } from '../../support/cli/aws.ts';

const at = unixMillis(1_795_580_000_000);
const letter = (id: string, tenant: string, endpointId: string, cause: 'refused' | 'exhausted') =>
  deliveryDeadLetter(
    {
      id,
      attempts: 3,
      tenant: asTenantId(tenant),
      endpointId: asEndpointId(endpointId),
      eventType: 'invoice.paid',
      host: `${endpointId}.example`,
    },
    { cause, reason: cause === 'refused' ? 'answered 404' : 'exhausted after 3 attempts, refused' },
    at,
  ).body;

const bodies = [
  letter('d1', 'acme', 'billing', 'refused'),
  letter('d2', 'acme', 'billing', 'exhausted'),
  letter('d3', 'acme', 'crm', 'refused'),
  letter('d4', 'umbrella', 'billing', 'refused'),
];

/** A queue that hides received messages until they are returned, ten at a time. */
function undelivered(...all: string[]) {
  const messages = all.map((body) => sqsMessage(body));
  let visible = [...messages];
  return {
    GetQueueAttributes: () => ({ Attributes: { ApproximateNumberOfMessages: String(all.length) } }),
    ReceiveMessage: () => ({ Messages: visible.splice(0, 10) }),
    ChangeMessageVisibilityBatch: () => {
      visible = [...messages];
      return { Successful: [], Failed: [] };
    },
  };
}

it('dlq list offers to redrive only what the filters found', async () => {
  await using aws = await cliAws(undelivered(letter('d1', 'acme', 'billing', 'refused')));

  const all = await aws.run('dlq', 'list', 'undelivered');
  const some = await aws.run('dlq', 'list', 'undelivered', '--tenant', 'acme', '--reason', 'answered 404');

  expect(all.stdout).toMatch(/dlq redrive QUEUE \[--id ID\] sends them back/);
  expect(some.stdout).toContain(
    "dlq redrive undelivered --tenant acme --reason 'answered 404' sends them back",
  );
  expect(some.stdout).not.toContain('QUEUE');
});

it('dlq list shows tenant, endpoint, type and host', async () => {
  await using aws = await cliAws(undelivered(letter('d1', 'acme', 'billing', 'refused')));

  const listed = await aws.run('dlq', 'list', 'undelivered', '--json');
  const table = await aws.run('dlq', 'list', 'undelivered');

  expect(JSON.parse(listed.stdout)).toEqual([
    {
      queue: 'undelivered',
      id: 'd1',
      reason: 'answered 404',
      cause: 'refused',
      attempts: 3,
      at: new Date(at).toISOString(),
      tenant: 'acme',
      endpointId: 'billing',
      eventType: 'invoice.paid',
      host: 'billing.example',
    },
  ]);
  for (const known of ['acme', 'billing', 'invoice.paid', 'billing.example', 'answered 404'])
    expect(table.stdout).toContain(known);
});

it.each([
  [
    ['--tenant', 'acme'],
    ['d1', 'd2', 'd3'],
  ],
  // An endpoint's id is its tenant's: alone it means one that has no tenant.
  [['--endpoint', 'billing'], []],
  [
    ['--tenant', 'acme', '--endpoint', 'billing'],
    ['d1', 'd2'],
  ],
  [
    ['--reason', 'refused'],
    ['d1', 'd3', 'd4'],
  ],
  [
    ['--reason', 'ANSWERED'],
    ['d1', 'd3', 'd4'],
  ],
  [
    ['--reason', 'REFUSED'],
    ['d1', 'd3', 'd4'],
  ],
  [['--id', 'd2'], ['d2']],
  [['--tenant', 'acme', '--endpoint', 'crm', '--reason', 'exhausted'], []],
])('dlq list and dlq drop %j select the same letters', async (filters, ids) => {
  await using aws = await cliAws(undelivered(...bodies));

  const listed = await aws.run('dlq', 'list', 'undelivered', ...filters, '--json');
  const dropped = await aws.run('dlq', 'drop', 'undelivered', ...filters, '--yes', '--json');

  expect(JSON.parse(listed.stdout).map(({ id }: { id: string }) => id)).toEqual(ids);
  expect(JSON.parse(dropped.stdout)).toMatchObject({
    queue: 'undelivered',
    dropped: ids.length,
    others: 4 - ids.length,
    isWhole: true,
  });
  const deleted = aws.inputsOf('DeleteMessage').map(({ ReceiptHandle }) => JSON.parse(`${ReceiptHandle}`).id);
  expect(deleted.toSorted()).toEqual(ids);
});

it('letters that do not match stay, and are visible again at once', async () => {
  await using aws = await cliAws(undelivered(...bodies));

  const { stdout } = await aws.run('dlq', 'drop', 'undelivered', '--tenant', 'umbrella', '--yes');

  expect(stdout).toBe('1 dead letter dropped from undelivered; 3 that do not match stay.\n');
  const [given] = aws.inputsOf('ChangeMessageVisibilityBatch');
  expect(given?.['Entries']).toHaveLength(3);
  expect(given?.['Entries']).toMatchObject([
    { VisibilityTimeout: 0 },
    { VisibilityTimeout: 0 },
    { VisibilityTimeout: 0 },
  ]);
});

it.each(['--reason', '--id'])('an empty %s does not select all', async (option) => {
  await using aws = await cliAws(undelivered(...bodies));

  const { code, stderr } = await aws.run('dlq', 'drop', 'undelivered', option, '', '--yes');

  expect(code).not.toBe(0);
  expect(stderr).toContain('It is empty.');
  expect(aws.inputsOf('DeleteMessage')).toEqual([]);
});

it('dlq drop refuses an id that does not exist', async () => {
  await using aws = await cliAws(undelivered(...bodies));

  const { code, stderr } = await aws.run('dlq', 'drop', 'undelivered', '--id', 'd7', '--yes');

  expect(code).toBe(1);
  expect(stderr).toContain('undelivered has no dead letter d7');
});

it('dlq drop refuses to drop without --yes if nobody can be asked', async () => {
  await using aws = await cliAws(undelivered(...bodies));

  const { code, stderr } = await aws.run('dlq', 'drop', 'undelivered');

  expect(code).toBe(1);
  expect(stderr).toContain('repeat with --yes');
  expect(aws.inputsOf('DeleteMessage')).toEqual([]);
});

it('dlq redrive selects the same letters, and says what it left', async () => {
  await using aws = await cliAws(undelivered(...bodies));

  const { stderr, stdout } = await aws.run(
    'dlq',
    'redrive',
    'undelivered',
    '--tenant',
    'acme',
    '--endpoint',
    'crm',
    '--json',
  );

  // This AWS has no table, so the record is missing.
  expect(JSON.parse(stdout)).toMatchObject({ sent: 0, others: 3, refused: [{ id: 'd3' }] });
  expect(stderr).toContain('d3: the delivery has no record; it stays in the queue');
  expect(aws.inputsOf('DeleteMessage')).toEqual([]);
});

it('a task that SQS moved is listed with its own tenant and endpoint', async () => {
  const task = taskMessage(
    { deliveryId: asDeliveryId('d9'), attempt: 2 },
    { tenant: asTenantId('acme'), endpointId: asEndpointId('crm') },
  ).body;
  const malformed = taskDeadLetter('{', { id: 'm1', cause: 'malformed', reason: 'not JSON' }, at).body;
  await using aws = await cliAws(undelivered(task, malformed));

  const { stdout } = await aws.run('dlq', 'list', 'delivery', '--tenant', 'acme', '--json');

  expect(JSON.parse(stdout)).toMatchObject([{ id: 'd9', tenant: 'acme', endpointId: 'crm' }]);
});

it('dead letters for a URL that is not registered are selected by the name that its publisher chose', async () => {
  const name = 'shop.example:8443/hooks@eu';
  await using aws = await cliAws(
    undelivered(letter('d1', '', name, 'refused'), letter('d2', '', 'crm', 'refused')),
  );

  const { code, stdout } = await aws.run('dlq', 'list', 'undelivered', '--endpoint', name, '--json');

  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject([{ id: 'd1', endpointId: name }]);
});
