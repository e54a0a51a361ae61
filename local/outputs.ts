import type { StackOutputs } from './cdk.ts';
import type { Endpoint } from './endpoint.ts';

/** `.local/outputs.json`: where everything of the deployed app is. Tables are names, queues are URLs. */
export interface LocalOutputs {
  readonly awsEndpoint: string;
  readonly caFile?: string;
  readonly stacks: StackOutputs;
}

export function toLocalOutputs(endpoint: Endpoint, stacks: StackOutputs): LocalOutputs {
  return { awsEndpoint: endpoint.url, ...(endpoint.caFile ? { caFile: endpoint.caFile } : {}), stacks };
}
