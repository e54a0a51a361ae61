import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { Deployment, Found } from '../stack/deployment.ts';
import { stackResources } from '../stack/stack-resources.ts';
import type { TargetOptions } from '../stack/target.ts';

/** The ARNs, URLs and names of a stack's resources: Hookline's own are in the outputs, all others come from CloudFormation. */
export async function inUse(found: Found, { local }: TargetOptions): Promise<ReadonlySet<string>> {
  const isThere = found.kind === 'deployed' || found.status !== undefined;
  const own = found.kind === 'deployed' ? inOutputs(found.deployment) : [];
  return new Set([...own, ...(isThere && !local ? await resourcesOf(found.stack) : [])]);
}

/** The ARNs, URLs and names in a stack's outputs. */
export function inOutputs({ sources, inbound, outbound, ...shared }: Deployment): string[] {
  const parts = { ...shared, ...inbound, ...outbound };
  const values = [parts, ...Object.values(sources)].flatMap((one): unknown[] => Object.values(one));
  return values.filter((value) => typeof value === 'string');
}

/** The physical ids of a stack's resources. */
async function resourcesOf(stack: string): Promise<string[]> {
  const resources = await stackResources(new CloudFormationClient(), stack);
  return resources
    .filter(({ ResourceStatus }) => !isGone(ResourceStatus))
    .flatMap(({ PhysicalResourceId = [] }) => PhysicalResourceId);
}

/** CloudFormation still lists a resource for a while after it left the stack. */
const isGone = (status: string | undefined): boolean =>
  status === 'DELETE_SKIPPED' || status === 'DELETE_COMPLETE';
