import { expect, it } from 'vitest';
import { cliAws } from '../../support/cli/aws.ts';
import { managementWorld } from '../../support/worlds/management-world.ts';

async function withEndpoint() {
  const { call } = managementWorld();
  const fields = { id: 'ep_1', url: 'https://acme.example/hooks', eventTypes: ['*'] };
  await call('POST', '/v1/tenants/acme/endpoints', fields);
  return cliAws({}, { api: call });
}

it('a filter is tried on a payload, and the excluding parts are shown', async () => {
  await using aws = await withEndpoint();
  const filter = '{"all":[{"path":"items.*.price","gt":10},{"path":["a.b"],"equals":1}]}';
  const data = '{"items":[{"price":5},{"price":50}],"a.b":2}';

  const { code, stdout } = await aws.run(
    ...['endpoints', 'filter-test', 'acme', 'ep_1', '--filter', filter, '--data', data],
  );

  expect(code).toBe(0);
  expect(stdout).toContain('all.1 {"path":["a.b"],"equals":1}');
  expect(stdout).not.toContain('all.0');
  expect(stdout).toContain('0 of 1 match');
});

it('a filter test without a payload and without events says what to pass', async () => {
  await using aws = await withEndpoint();

  const { code, stdout } = await aws.run('endpoints', 'filter-test', 'acme', 'ep_1');

  expect([code, stdout]).toEqual([0, expect.stringMatching(/pass a payload with --data/)]);
});

it('a file that is not JSON is a wrong command line', async () => {
  await using aws = await withEndpoint();

  const { code, stderr } = await aws.run(
    'endpoints',
    'filter-test',
    'acme',
    'ep_1',
    '--data-file',
    'nowhere',
  );

  expect([code, stderr]).toEqual([2, 'nowhere cannot be read as a JSON file.\n']);
});

it.each([
  ['..', 'ep_1'],
  ['acme', '..'],
  ['', 'ep_1'],
])('a filter test refuses the endpoint %j %j, before it asks the management API', async (tenant, id) => {
  await using aws = await withEndpoint();

  const { code, stderr } = await aws.run('endpoints', 'filter-test', tenant, id);

  expect(code).toBe(2);
  expect(stderr).toMatch(/1 to 64 of A-Z a-z 0-9/);
});
