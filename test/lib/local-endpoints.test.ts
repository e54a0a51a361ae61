import { Stack } from 'aws-cdk-lib';
import { afterEach, expect, test, vi } from 'vitest';
import { allowsLocalEndpoints } from '../../lib/local-endpoints.ts';
import { quickApp } from './support/synth.ts';

afterEach(() => vi.unstubAllEnvs());

const local = { account: '000000000000' };
const stackIn = (env: { readonly account?: string }, isAsked = true) =>
  new Stack(quickApp(isAsked ? { 'hookline:localEndpoints': 'true' } : {}), 'Test', { env });

test('endpoints may be http only where the local AWS asks for it', () => {
  expect(allowsLocalEndpoints(stackIn(local))).toBe(true);
  expect(allowsLocalEndpoints(stackIn(local, false))).toBe(false);
});

test('endpoints of a stack without an account may be http if the credentials are those of the local AWS', () => {
  vi.stubEnv('CDK_DEFAULT_ACCOUNT', local.account);

  expect(allowsLocalEndpoints(stackIn({}))).toBe(true);
});

test.each([
  ['with another account', { account: '123456789012' }, local.account, 'account is 123456789012'],
  ['without an account, with credentials of another', {}, '123456789012', 'account is 123456789012'],
  ['without an account and without credentials', {}, undefined, 'account is not known'],
])('a stack %s is refused endpoints by http', (_name, env, credentials, message) => {
  vi.stubEnv('CDK_DEFAULT_ACCOUNT', credentials);

  expect(() => allowsLocalEndpoints(stackIn(env))).toThrow(message);
});
