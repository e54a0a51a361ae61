import { expect, test } from 'vitest';
import { chooseTarget, type TargetOptions } from '../../../cli/stack/target.ts';
import type { LocalOutputs } from '../../../local/outputs.ts';
import { localOutputs } from '../../support/cli/outputs.ts';

const choose = (
  options: Partial<TargetOptions>,
  env: NodeJS.ProcessEnv = {},
  running: LocalOutputs | undefined = undefined,
) => chooseTarget({ stateDir: '.local', ...options }, env, running);

test('the default deployment is the stack that bin/webhooks.ts deploys', () => {
  expect(choose({})).toEqual({ kind: 'stack', name: 'Hookline' });
});

test('--local selects the running local AWS, regardless of the environment', () => {
  expect(choose({ local: true }, { AWS_PROFILE: 'production' }, localOutputs)).toEqual({
    kind: 'local',
    outputs: localOutputs,
  });
});

test('--local without a local AWS says how to start it', () => {
  expect(() => choose({ local: true })).toThrow(/not running.*npx hookline start/);
});

test('--local together with another choice is refused', () => {
  expect(() => choose({ local: true, stack: 'Staging' }, {}, localOutputs)).toThrow(/leave out --stack/);
});

test('a command without a choice is refused while a local AWS runs', () => {
  expect(() => choose({}, { PATH: '/bin', AWS_REGION: 'eu-west-1' }, localOutputs)).toThrow(
    /--local.*--stack/,
  );
});

test.each([
  [{ stack: 'Staging' }, {}, 'Staging'],
  [{ profile: 'production' }, {}, 'Hookline'],
  [{}, { AWS_PROFILE: 'production' }, 'Hookline'],
  [{}, { AWS_ACCESS_KEY_ID: 'AKIA' }, 'Hookline'],
  [{}, { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }, 'Hookline'],
])('a command with %j and %j is a choice while a local AWS runs', (options, env, name) => {
  expect(choose(options, env, localOutputs)).toEqual({ kind: 'stack', name });
});
