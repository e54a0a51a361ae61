import {
  type CloudFormationClient,
  paginateListStackResources,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';

/** All resources of a stack; those that left it lately are among them. */
export async function stackResources(
  client: CloudFormationClient,
  stack: string,
): Promise<readonly StackResourceSummary[]> {
  const found: StackResourceSummary[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName: stack }))
    found.push(...(page.StackResourceSummaries ?? []));
  return found;
}
