import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import type { Deployment, Found } from '../stack/deployment.ts';
import type { TargetOptions } from '../stack/target.ts';

/** The ARNs, URLs and names of what a stack has: the outputs tell of Hookline's own, CloudFormation of all others. */
export async function inUse(found: Found, { local }: TargetOptions): Promise<ReadonlySet<string>> {
  const isThere = found.kind === 'deployed' || found.status !== undefined;
  const told = found.kind === 'deployed' ? inOutputs(found.deployment) : [];
  return new Set([...told, ...(isThere && !local ? await resourcesOf(found.stack) : [])]);
}

/** The ARNs, URLs and names in a stack's outputs. */
export function inOutputs({ sources, ...facts }: Deployment): string[] {
  const values = [facts, ...Object.values(sources)].flatMap((one): unknown[] => Object.values(one));
  return values.filter((value) => typeof value === 'string');
}

/** The physical ids of all that a stack has. */
async function resourcesOf(stack: string): Promise<string[]> {
  const client = new CloudFormationClient();
  const ids: string[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName: stack })) {
    const present = (page.StackResourceSummaries ?? []).filter(
      ({ ResourceStatus }) => !isGone(ResourceStatus),
    );
    ids.push(...present.flatMap(({ PhysicalResourceId = [] }) => PhysicalResourceId));
  }
  return ids;
}

/** A resource that left the stack and was kept is listed for a while. */
const isGone = (status: string | undefined): boolean =>
  status === 'DELETE_SKIPPED' || status === 'DELETE_COMPLETE';
