import { describe, expect, it } from 'vitest';
import { asEventId, asTenantId } from '../../../lambdas/domain/ids.ts';
import { contentHash } from '../../../lambdas/domain/outbound-event.ts';
import { openPublication } from '../../../lambdas/domain/publish-message.ts';
import { newDelivery } from '../../adapters/dynamodb/deliveries-fixture.ts';
import { cliAws, takenBatch } from '../../support/cli/aws.ts';
import { itemsOf } from '../../support/fixtures/dynamodb-items.ts';
import { deliveryIdOf } from '../../support/fixtures/ids.ts';
import { newEndpoint } from '../../support/fixtures/new-endpoint.ts';
import { start } from '../../support/fixtures/outbound.ts';

const endpoint = newEndpoint(start, { id: 'billing' });
/** An AWS whose tables have these; without any there is one endpoint, and no event. */
const awsWith = (tables: Parameters<typeof itemsOf>[0] = { endpoints: endpoint }) =>
  cliAws({ SendMessageBatch: takenBatch, GetItem: itemsOf(tables), Query: itemsOf(tables) });

it('publish sends numbers as they were written', async () => {
  await using aws = await awsWith();
  const data = '{"n":12345678901234567890,"x":1.0}';

  const { code } = await aws.run('publish', 'invoice.paid', '--tenant', 'acme', '--data', data);

  const [{ Entries }] = aws.inputsOf('SendMessageBatch') as [{ Entries: [{ MessageBody: string }] }];
  const opened = openPublication({ text: Entries[0].MessageBody, messageId: 'm' });
  expect(code).toBe(0);
  expect(opened.kind === 'publication' && JSON.stringify(opened.publication.data)).toBe(data);
});

it.each([
  [
    ['--data', JSON.stringify('x'.repeat(1024 * 1024))],
    1,
    /^The event cannot be published: event .* 1048576 fit/,
  ],
  [
    ['--data', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
    2,
    /^--data cannot be read as JSON: it is nested too deeply$/m,
  ],
  [['--data', '{'], 2, /^--data cannot be read as JSON: /],
  [['--data', '{}', '--data-file', 'x.json'], 2, /cannot be used with option/],
])('publish explains in one line what cannot be published: %#', async (args, code, line) => {
  await using aws = await awsWith();

  const answer = await aws.run('publish', 'invoice.paid', '--tenant', 'acme', ...args);

  expect(answer).toMatchObject({ code, stderr: expect.stringMatching(line) });
  expect(answer.stderr).not.toContain('    at ');
});

it.each([
  [['--tenant', '..'], /tenant: expected at most 64 of .* and neither \. nor \.\., got 2 characters/],
  [['--tenant', 'acme', '--id', 'a.b'], /id: expected 1 to 256 of .*, got 3 characters/],
  [['--tenant', 'acme', '--endpoint', '.'], /endpoint\.id: expected 1 to 128 of .*, got 1 character\b/],
  [
    ['--to', 'https:example.com'],
    /endpoint\.url: expected a URL, e\.g\. https:\/\/example\.com\/path, got 17/,
  ],
  [['--to', 'https://hunter2@example.com/'], /endpoint\.url: expected a URL without a user name or password/],
])('publish refuses an invalid event as a wrong command line, with the rule: %s', async (args, line) => {
  await using aws = await cliAws({ SendMessageBatch: takenBatch });

  const answer = await aws.run('publish', 'invoice.paid', ...args);

  expect(answer).toMatchObject({ code: 2, stderr: expect.stringMatching(line) });
  expect(answer.stderr).not.toContain('hunter2');
});

describe('an event that no endpoint would get', () => {
  const id = 'tenant#e1';
  const payload = '{}';
  const expiresAt = 9_999_999_999;
  const event = { id, eventType: 'invoice.paid', createdAt: start, payload, expiresAt };
  const sameHash = contentHash({
    id: asEventId('e1'),
    type: 'invoice.paid',
    data: {},
    tenant: asTenantId(''),
    to: { kind: 'tenant' },
  });
  const wide = { isWide: true, fannedOutAt: start };
  const { url: _, ...delivery } = newDelivery();
  const delivered = {
    ...delivery,
    id: deliveryIdOf('acme', 'e1', 'billing'),
    eventId: 'e1',
    endpointId: 'billing',
    status: 'delivered',
    generation: String(start),
    expiresAt,
  };
  const disabled = { ...endpoint, status: 'disabled' };

  it.each([
    [{}, [], /acme has no endpoint\.$/],
    [{}, ['--endpoint', 'gone'], /acme has no endpoint gone\.$/],
    [{ endpoints: { ...endpoint, eventTypes: ['order.*'] } }, [], /no endpoint of acme takes invoice.paid/],
    [
      { endpoints: endpoint },
      ['--endpoint', 'billing', '--to', 'https://a.example'],
      /is a registered endpoint/,
    ],
    [
      { endpoints: endpoint, out: { ...event, ...wide, contentHash: 'another' } },
      ['--id', 'e1'],
      /the event e1 is there already with another type or other data/,
    ],
    [
      { endpoints: endpoint, out: { ...event, ...wide, contentHash: sameHash } },
      ['--id', 'e1'],
      /the event e1 is published already to all endpoints/,
    ],
    [
      { endpoints: endpoint, out: { ...event, contentHash: sameHash }, deliveries: delivered },
      ['--id', 'e1', '--endpoint', 'billing'],
      /has a delivery to billing already, which is delivered: retry/,
    ],
    [
      {
        endpoints: { ...endpoint, generation: 'gen_2' },
        out: { ...event, contentHash: sameHash },
        deliveries: delivered,
      },
      ['--id', 'e1', '--endpoint', 'billing'],
      /for an earlier endpoint billing, which was deleted: retry .* --to-current-endpoint/,
    ],
  ])(
    'publish refuses an event that no endpoint would get, with the reason: %#',
    async (tables, args, reason) => {
      await using aws = await awsWith(tables);

      const { code, stdout, stderr } = await aws.run('publish', 'invoice.paid', '--tenant', 'acme', ...args);

      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^Nothing was published: /);
      expect(stderr.trim()).toMatch(reason);
      expect(aws.inputsOf('SendMessageBatch')).toEqual([]);
    },
  );

  it('publish says that an event is held', async () => {
    await using aws = await awsWith({ endpoints: disabled });

    const { code, stderr } = await aws.run('publish', 'a', '--tenant', 'acme', '--endpoint', 'billing');

    expect([code, stderr]).toEqual([0, 'billing is disabled: the event is held until it is enabled.\n']);
  });

  it('publish works for a caller that may publish but not read the tables', async () => {
    const refuse = () => {
      throw Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    };
    await using aws = await cliAws({ SendMessageBatch: takenBatch, GetItem: refuse, Query: refuse });

    const { code } = await aws.run('publish', 'invoice.paid', '--tenant', 'acme');

    expect(code).toBe(0);
    expect(aws.inputsOf('SendMessageBatch')).toHaveLength(1);
  });
});
