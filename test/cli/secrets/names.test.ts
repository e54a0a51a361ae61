import { expect, test } from 'vitest';
import { arnOf, deployedOutputs, keptAws, secretOf } from '../../support/cli/kept-aws.ts';

const { inbound, outbound } = deployedOutputs;
const source = { ...inbound.sources.stripe, secretArn: arnOf('of-the-source') };
const outputs = {
  ...deployedOutputs,
  inbound: { ...inbound, sources: { ...inbound.sources, outbound: source } },
  outbound: { ...outbound, signingSecretArn: arnOf('signing') },
};
const world = () =>
  keptAws(
    { secrets: { ...secretOf('of-the-source', 'outbound', []), ...secretOf('signing', '', []) }, queues: {} },
    {},
    outputs,
  );

test('a source named outbound does not hide the secret that signs deliveries', async () => {
  await using aws = await world();

  const { code, stderr } = await aws.run('secrets', 'set', 'outbound', '--revoke-previous');

  expect(code).toBe(1);
  expect(stderr).toContain('write stack:outbound or source:outbound. Nothing was stored.');
  expect(aws.inputsOf('GetSecretValue')).toEqual([]);
});

test.each([
  ['source:outbound', 'of-the-source'],
  ['stack:outbound', 'signing'],
])('the name %s identifies one secret', async (words, name) => {
  await using aws = await world();

  expect(await aws.run('secrets', 'set', words, '--revoke-previous')).toMatchObject({ code: 0 });
  expect(aws.inputsOf('GetSecretValue')).toMatchObject([{ SecretId: arnOf(name) }]);
});
