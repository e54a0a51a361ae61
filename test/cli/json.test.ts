import { Readable } from 'node:stream';
import { expect, it, vi } from 'vitest';
import { hooklineProgram } from '../../cli/program.ts';
import { cliAws, takenBatch } from '../support/cli/aws.ts';
import { localOutputs } from '../support/cli/outputs.ts';
import { itemsOf } from '../support/fixtures/dynamodb-items.ts';
import { newEndpoint } from '../support/fixtures/new-endpoint.ts';
import { start } from '../support/fixtures/outbound.ts';
import { managementWorld } from '../support/worlds/management-world.ts';

/** An AWS with an endpoint without failures, a recovery of it, and one of every other resource. */
async function world() {
  const { call } = managementWorld();
  await call('POST', '/v1/tenants/acme/endpoints', {
    id: 'billing',
    url: 'https://acme.example',
    eventTypes: ['*'],
  });
  const { body } = await call('POST', '/v1/tenants/acme/endpoints/billing/recoveries', {
    since: '2026-11-23T00:00:00.000Z',
  });
  const secret = `whsec_${'a'.repeat(40)}`;
  const read = itemsOf({ endpoints: newEndpoint(start, { id: 'billing' }) });
  const answers = {
    SendMessageBatch: takenBatch,
    GetItem: read,
    GetSecretValue: () => ({ SecretString: secret }),
    Query: read,
  };
  return {
    aws: await cliAws(answers, { api: call, outputs: { ...localOutputs, egressAddresses: '203.0.113.7' } }),
    recovery: Object(body).id as string,
  };
}

const commands = [
  'env',
  'ips',
  'ranges',
  'ranges stripe',
  'publish invoice.paid --tenant acme',
  'publish invoice.paid --tenant acme --endpoint billing',
  'endpoints create acme https://acme.example/2',
  'endpoints update acme billing --description changed',
  'endpoints list acme',
  'endpoints show acme billing',
  'endpoints secret acme billing',
  'endpoints rotate-secret acme billing',
  'endpoints disable acme billing',
  'endpoints enable acme billing',
  'endpoints test acme billing',
  'endpoints filter-test acme billing',
  'endpoints delete acme billing',
  'deliveries list',
  'deliveries list --tenant acme --endpoint billing',
  'deliveries retry one two',
  'deliveries list-again',
  'recover acme billing --since 1h',
  'recover-cancel RECOVERY',
  'dlq list',
  'dlq redrive stripe',
  'dlq drop stripe --yes',
  'events list stripe',
  'events replay stripe evt_1',
  'secrets set stripe --revoke-previous',
  'secrets set stripe',
  'send stripe --times 2',
  'kept',
  'adopt stripe',
];

it.each(commands)('%s --json prints one JSON value on standard output', async (line) => {
  const { aws, recovery } = await world();
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(Readable.from([`whsec_${'b'.repeat(40)}`]) as never);

  const { stdout, stderr } = await aws.run(...line.replace('RECOVERY', recovery).split(' '), '--json');
  await aws[Symbol.asyncDispose]();

  expect(() => JSON.parse(stdout), stderr).not.toThrow();
});

it('the JSON of commands contains ids and counts', async () => {
  const { aws } = await world();
  const json = async (...args: string[]) => JSON.parse((await aws.run(...args, '--json')).stdout);

  expect(await json('publish', 'a', '--tenant', 'acme', '--id', 'e1', '--endpoint', 'billing')).toEqual({
    id: 'e1',
    deliveryId: expect.stringMatching(/^\w+$/),
  });
  expect(await json('endpoints', 'test', 'acme', 'billing')).toEqual({ id: expect.stringMatching(/^test_/) });
  expect(await json('deliveries', 'retry', 'd1')).toEqual({
    replayed: [],
    refused: [{ id: 'd1', reason: 'there is no delivery d1' }],
    notBegun: [],
  });
  expect(await json('dlq', 'redrive', 'stripe')).toMatchObject({ queue: 'stripe', sent: 0, refused: [] });
  expect(await json('send', 'stripe')).toMatchObject([{ status: 404 }]);
  await aws[Symbol.asyncDispose]();
});

it('every command is in this list, or tested with --json elsewhere', async () => {
  const names = (await hooklineProgram()).commands.flatMap((command) =>
    command.commands.length === 0
      ? [command.name()]
      : command.commands.map((own) => `${command.name()} ${own.name()}`),
  );
  const elsewhere = [
    'init',
    'receiver',
    'start',
    'secrets await',
    'dlq show',
    'deliveries show',
    'explain',
    'doctor',
    'tail',
    'listen',
  ];

  const missing = names.filter((name) => !commands.some((line) => `${line} `.startsWith(`${name} `)));
  expect(missing.toSorted()).toEqual(elsewhere.toSorted());
});
