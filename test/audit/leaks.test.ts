import { InvokeCommand } from '@aws-sdk/client-lambda';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { beforeAll, expect, it } from 'vitest';
import { startEndpoint } from '../flows/support/endpoint.ts';
import { eventually } from '../flows/support/eventually.ts';
import { hookline } from '../flows/support/hookline.ts';
import { describeAudit } from '../flows/support/local-stack.ts';
import { postSigned } from '../flows/support/senders.ts';
import { newId, tenantsOf } from '../flows/support/tenants.ts';
import { recordsOf } from './support/records.ts';

// Each canary is a text that is nowhere else, so that it is found in whatever it leaks into.
const canary = (kind: string): string => `canary${kind}${crypto.randomUUID().replaceAll('-', '')}`;
const field = canary('field');
const credential = canary('credential');
const signature = canary('signature');
const imported = canary('secret').padEnd(48, '0');

describeAudit('What the stack writes down', (stack) => {
  const records = recordsOf(stack);
  const { call, create, pathOf, until } = tenantsOf(stack);
  const tenant = newId('leaks');
  const eventId = newId();
  let operators: string;
  /** Secrets of endpoints, as the API showed them once. */
  const shown: string[] = [];

  const run = (...args: string[]): Promise<string> =>
    hookline(stack.outputs, ...args).catch(
      (error: unknown) => `${error}${Reflect.get(Object(error), 'stdout')}`,
    );

  async function refuseRequests(): Promise<void> {
    const body = JSON.stringify({ zen: field });
    const headers = { 'x-github-event': 'ping', 'x-github-delivery': newId() };
    const forged = {
      'x-hub-signature-256': `sha256=${signature}`,
      authorization: `Bearer ${credential}`,
      cookie: `session=${credential}`,
    };
    expect((await stack.post('github', { ...headers, ...forged }, body)).status).toBe(401);
    expect((await stack.post('plain', { 'x-signature': signature }, body)).status).toBe(401);
  }

  async function failEvents(): Promise<void> {
    const id = newId();
    await stack.behave(id, 'permanent');
    const body = JSON.stringify({ field });
    expect((await postSigned(stack, 'plain', { id, type: 'canary' }, body)).status).toBe(200);
    await eventually(
      'the event to fail',
      async () => (await stack.inboundEvent('plain', id))?.['status'] === 'failed',
    );
  }

  async function failDeliveries(url: string): Promise<void> {
    const more = {
      headers: { authorization: `Bearer ${credential}` },
      secret: `whsec_${Buffer.from(imported).toString('base64')}`,
      retryDelays: [1],
    };
    const { status, body } = await create(tenant, 'refuses', url, more);
    expect(status).toBe(201);
    shown.push(body.secret.secret);
    const rotated = await call('POST', `${pathOf(tenant, 'refuses')}/rotate-secret`, {});
    for (const { secret } of rotated.body.secrets) shown.push(secret);
    const message = { id: eventId, type: 'invoice.paid', tenant, data: { field } };
    await stack.sqs.send(
      new SendMessageCommand({
        QueueUrl: stack.outputs.outbound.publishQueueUrl,
        MessageBody: JSON.stringify(message),
      }),
    );
    await until(tenant, eventId, 'refuses', 'failed');
  }

  beforeAll(async () => {
    operators = await records.operatorsQueue();
    using endpoint = await startEndpoint((response) => {
      response.writeHead(404).end('no such page');
    });
    await refuseRequests();
    await failEvents();
    await failDeliveries(endpoint.url);
    await stack.lambda.send(new InvokeCommand({ FunctionName: await stack.functionNamed('Sweep') }));
  }, 240_000);

  it('a log line or metric has no secret, no credential, no signature and no field of a payload', async () => {
    const hidden = [field, credential, signature, imported, ...shown, ...(await records.secretValues())];

    expect(linesWith(hidden, await records.logLines())).toEqual([]);
  });

  it('the record of a refused request has no credential and no secret', async () => {
    const refusals = await records.refusals();

    expect(refusals).not.toEqual([]);
    expect(linesWith([credential, ...(await records.secretValues())], refusals)).toEqual([]);
  });

  it('no table has a secret, and only those of events have payloads', async () => {
    const secrets = [credential, signature, imported, ...shown, ...(await records.secretValues())];
    for (const table of ['inboundEvents', 'outboundEvents', 'deliveries', 'endpoints'] as const)
      expect(linesWith(secrets, await records.items(table)), table).toEqual([]);
    for (const table of ['deliveries', 'endpoints'] as const)
      expect(linesWith([field], await records.items(table)), table).toEqual([]);
  });

  it('neither a dead letter of a delivery nor a message to the operators has a secret or a field of a payload', async () => {
    const hidden = [field, credential, signature, imported, ...shown];
    const letters = await stack.peek(stack.outputs.dlqs.undelivered);
    const messages = await eventually('a message to the operators', async () => {
      const found = await stack.peek(operators);
      return found.length > 0 && found;
    });

    expect(letters.filter((text) => text.includes(tenant))).not.toEqual([]);
    expect(linesWith(hidden, [...letters, ...messages])).toEqual([]);
  });

  it('no command prints a secret, except the one that shows secrets', async () => {
    const printed = [
      await run('endpoints', 'list', tenant),
      await run('endpoints', 'show', tenant, 'refuses'),
      await run('deliveries', 'list', '--tenant', tenant, '--endpoint', 'refuses'),
      await run('dlq', 'list', 'undelivered', '--json'),
      await run('explain', 'github'),
      await run('doctor'),
    ];

    expect(printed.filter((text) => text.includes(tenant))).not.toEqual([]);
    expect(linesWith([credential, imported, ...shown, ...(await records.secretValues())], printed)).toEqual(
      [],
    );
  });

  it('an error of the management API does not repeat a secret or a credential', async () => {
    const body = {
      id: 'x',
      url: `ftp://${credential}@host`,
      eventTypes: [field, 7],
      secret: imported,
      [field]: 1,
    };
    const { status, body: problem } = await call('POST', pathOf(tenant), body);

    expect(status).toBe(400);
    expect(linesWith([credential, imported], [JSON.stringify(problem)])).toEqual([]);
  });
});

/** The lines that a hidden text is in, each with that text in front. */
const linesWith = (hidden: readonly string[], lines: readonly string[]): string[] =>
  [...new Set(hidden)].flatMap((text) =>
    lines.filter((line) => line.includes(text)).map((line) => `${text}: ${line.slice(0, 500)}`),
  );
