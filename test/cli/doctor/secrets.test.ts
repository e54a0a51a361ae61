import { expect, it } from 'vitest';
import type { Answers } from '../../support/cli/aws.ts';
import { arnOf, keptAws, secretOf } from '../../support/cli/kept-aws.ts';
import { whsec } from '../../support/cli/kept-fixtures.ts';

const partner = secretOf('partner', 'partner', ['a shared key of the partner']);
const placeholder = 'CHANGE_ME';
const doctor = async (secrets: object, answers: Answers = {}) => {
  await using aws = await keptAws({ secrets: { ...partner, ...secrets }, queues: {} }, answers);
  return await aws.run('doctor');
};

it.each([
  ['no value', [] as string[]],
  ['an empty value', ['']],
  ['a placeholder', [placeholder]],
])('a source with %s is reported, with secrets set if no secret was left', async (_, values) => {
  const { code, stdout } = await doctor(secretOf('new', 'stripe', values));

  expect(code).toBe(1);
  expect(stdout).toMatch(/✘ secret of stripe: .*\n {4}npx hookline .*secrets set stripe\n/);
  expect(stdout).not.toContain('secret of partner');
});

it.each([
  ['tagged', secretOf('old', 'stripe', [whsec('a')])],
  [
    'named by an earlier version',
    { [arnOf('Hookline/stripe')]: { Name: 'Hookline/stripe', values: [whsec('a')] } },
  ],
  [
    'twice with one value',
    { ...secretOf('old', 'stripe', [whsec('a')]), ...secretOf('older', 'stripe', [whsec('a')]) },
  ],
])('a source without a secret is reported with adopt if a secret was left: %s', async (_, left) => {
  const { stdout } = await doctor({ ...secretOf('new', 'stripe', []), ...left });

  expect(stdout).toMatch(
    /✘ secret of stripe: not set.*\n {4}An earlier source of this name left its secret.*\n {4}npx hookline --local .*adopt stripe\n/,
  );
  expect(stdout).not.toContain(whsec('a'));
});

it('a source for which several different secrets were left gets one complete command', async () => {
  const left = { ...secretOf('old', 'stripe', [whsec('a')]), ...secretOf('older', 'stripe', [whsec('b')]) };
  const { stdout } = await doctor({ ...secretOf('new', 'stripe', []), ...left });

  expect(stdout).toMatch(
    /left 2 secrets with different values.*\n {4}npx hookline .*adopt stripe --from arn:\S+:secret:old/,
  );
});

const denied = () => {
  throw Object.assign(new Error('not you'), { name: 'AccessDeniedException' });
};

it.each([
  ['beside a value that is not a secret', secretOf('older', 'stripe', ['sk_live_hidden']), whsec('a')],
  ['beside one that cannot be read', secretOf('unreadable', 'stripe', [whsec('b')]), whsec('a')],
])('adopt takes the secret that doctor recommends: %s', async (_, other, value) => {
  const secrets = {
    ...partner,
    ...secretOf('new', 'stripe', []),
    ...secretOf('old', 'stripe', [value]),
    ...other,
  };
  const GetSecretValue: Answers[string] = ({ SecretId, VersionStage }) => {
    if (SecretId === arnOf('unreadable')) return denied();
    const stored = secrets[String(SecretId)]?.values[VersionStage === 'AWSPREVIOUS' ? 1 : 0];
    if (stored !== undefined) return { SecretString: stored, CreatedDate: 1_795_000_000 };
    throw Object.assign(new Error('none'), { name: 'ResourceNotFoundException' });
  };
  await using aws = await keptAws({ secrets, queues: {} }, { GetSecretValue });

  expect((await aws.run('doctor')).stdout).toMatch(/npx hookline .*adopt stripe\n/);
  expect(await aws.run('adopt', 'stripe')).toMatchObject({ code: 0, stderr: '' });
  expect(secrets[arnOf('new')]?.values).toEqual([value]);
});

it('a secret in quotes is set again, because adopt would not replace it without --yes', async () => {
  const { stdout } = await doctor({
    ...secretOf('new', 'stripe', ['"an old secret of stripe"']),
    ...secretOf('old', 'stripe', [whsec('a')]),
  });

  expect(stdout).toContain('✘ secret of stripe');
  expect(stdout).toMatch(/secrets set stripe\n/);
});

it.each([
  ['of another source', secretOf('old', 'github', [whsec('a')])],
  ['of another stack', secretOf('old', 'stripe', [whsec('a')], { stack: 'Hookline-staging' })],
  ['no secret itself', secretOf('old', 'stripe', [placeholder])],
  ['without a value', secretOf('old', 'stripe', [])],
])('a secret that was left is not offered when it is %s', async (_, left) => {
  const { stdout } = await doctor({ ...secretOf('new', 'stripe', []), ...left });

  expect(stdout).toMatch(/secrets set stripe\n/);
  expect(stdout).not.toContain('adopt');
});

it('a secret that does not exist is not an empty one', async () => {
  const { code, stdout } = await doctor({});

  expect(code).toBe(1);
  expect(stdout).toContain(`✘ secret of stripe: ${arnOf('new')} does not exist in this account and region`);
  expect(stdout).not.toContain('secrets set stripe');
});

it('a secret that is being deleted can be restored', async () => {
  const { stdout } = await doctor(secretOf('new', 'stripe', [], { DeletedDate: 1_795_000_000 }));

  expect(stdout).toContain(`aws secretsmanager restore-secret --secret-id ${arnOf('new')}`);
});

it('a secret or a list without read permission hides no other source', async () => {
  const GetSecretValue: Answers[string] = ({ SecretId }) => {
    if (SecretId === arnOf('partner')) denied();
    throw Object.assign(new Error('none'), { name: 'ResourceNotFoundException' });
  };
  const { stdout } = await doctor(secretOf('new', 'stripe', []), { GetSecretValue, ListSecrets: denied });

  expect(stdout).toContain('✘ secret of partner: could not be checked: AWS refused: AccessDeniedException');
  expect(stdout).toMatch(/✘ secret of stripe: not set.*\n {4}npx hookline .*secrets set stripe\n/);
});
