import { readFileSync } from 'node:fs';
import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { describe, expect, inject, test } from 'vitest';
import { clientConfig, trust } from '../../local/endpoint.ts';
import { allows, grantedPermissions, type Template } from './support/granted.ts';
import { reasons } from './support/reasons.ts';
import { type PhysicalNames, usedPermissions } from './support/used.ts';

const flows = inject('flowsRun');

describe.skipIf(flows === undefined)('The permissions of the deployed functions', () => {
  test('a permission of a role is used by the flow tests, or has a reason to be granted', async () => {
    const unused = await unusedPermissions();
    const unexplained = unused.filter(
      (permission) => !reasons.some(({ pattern }) => pattern.test(permission)),
    );

    expect(unexplained).toEqual([]);
  });

  test('a reason to grant what is not used is given for what is granted, and not used', async () => {
    const unused = await unusedPermissions();
    const stale = reasons.filter(({ pattern }) => !unused.some((permission) => pattern.test(permission)));

    expect(stale.map(({ pattern }) => String(pattern))).toEqual([]);
  });
});

async function unusedPermissions(): Promise<string[]> {
  if (flows === undefined) throw new Error('there was no run of the flow tests');
  const template: Template = JSON.parse(readFileSync(flows.templateFile, 'utf8'));
  const used = [...usedPermissions(flows.usedPermissionsFile, template, await physicalNames(flows))];
  return grantedPermissions(template).filter((granted) => !used.some((one) => allows(granted, one)));
}

async function physicalNames({ url, caFile }: NonNullable<typeof flows>): Promise<PhysicalNames> {
  const endpoint = { url, caFile };
  trust(endpoint);
  const client = new CloudFormationClient(clientConfig(endpoint));
  const names: Record<string, string> = {};
  for await (const { StackResourceSummaries = [] } of paginateListStackResources(
    { client },
    { StackName: 'Flows' },
  )) {
    for (const { LogicalResourceId = '', PhysicalResourceId = '' } of StackResourceSummaries)
      names[LogicalResourceId] = PhysicalResourceId;
  }
  return names;
}
