import { expect, it } from 'vitest';
import { cliAws } from '../support/cli/aws.ts';
import { localOutputs } from '../support/cli/outputs.ts';

it('hookline ips prints webhook-ips.json, as it is published', async () => {
  const outputs = { ...localOutputs, egressAddresses: '203.0.113.7,203.0.113.8' };
  await using aws = await cliAws({}, { outputs });

  const { stdout } = await aws.run('ips');

  expect(JSON.parse(stdout)).toEqual({ webhooks: ['203.0.113.7/32', '203.0.113.8/32'] });
});

it('hookline ips says what to set where the addresses are not fixed', async () => {
  await using aws = await cliAws();

  const { stdout, stderr } = await aws.run('ips');

  expect(stdout).toBe('');
  expect(stderr).toContain("set outbound.egress to 'static'");
});
