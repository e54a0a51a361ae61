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

    expect(unexplained, unexplained.join('; ')).toEqual([]);
  });

  test('a reason to grant what is not used is given for what is granted', () => {
    const granted = grantedPermissions(templateOf(theRun()));
    const stale = reasons.filter(({ pattern }) => !granted.some((permission) => pattern.test(permission)));

    expect(stale.map(({ pattern }) => String(pattern))).toEqual([]);
  });
});

type FlowsRun = NonNullable<typeof flows>;

function theRun(): FlowsRun {
  if (flows === undefined) throw new Error('the flow tests did not run');
  return flows;
}

const templateOf = ({ templateFile }: FlowsRun): Template => JSON.parse(readFileSync(templateFile, 'utf8'));

async function unusedPermissions(): Promise<string[]> {
  const run = theRun();
  const template = templateOf(run);
  const used = [...usedPermissions(run.usedPermissionsFile, template, await physicalNames(run))];
  return grantedPermissions(template).filter((granted) => !used.some((one) => allows(granted, one)));
}

async function physicalNames({ url, caFile }: FlowsRun): Promise<PhysicalNames> {
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
