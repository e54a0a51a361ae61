import { existsSync, readFileSync } from 'node:fs';
import type { StackOutputs } from './cdk.ts';
import type { Endpoint } from './endpoint.ts';

interface LocalSource {
  /** Where to post. */
  readonly url: string;
  /** What a provider that signs its URL signs, where the app sets one. */
  readonly publicUrl?: string;
  readonly secretArn: string;
}

/** `.local/outputs.json`: where everything of the deployed app is. Tables are names, queues are URLs. */
export interface LocalOutputs {
  readonly awsEndpoint: string;
  readonly caFile?: string;
  readonly stacks: StackOutputs;
}

export function toLocalOutputs(endpoint: Endpoint, stacks: StackOutputs): LocalOutputs {
  return { awsEndpoint: endpoint.url, ...(endpoint.caFile ? { caFile: endpoint.caFile } : {}), stacks };
}

/** Reads the outputs file of a local AWS that runs; undefined when none does. */
export function readOutputs(file: string): LocalOutputs | undefined {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
