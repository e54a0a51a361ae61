import { existsSync, readFileSync } from 'node:fs';
import type { StackOutputs } from './cdk.ts';
import type { Endpoint } from './endpoint.ts';

interface LocalSource {
  /** Where to post. */
  readonly url: string;
  /** What a provider that signs its URL signs, where the app sets one. */
  readonly publicUrl?: string;
  readonly secretArn: string;
  readonly provider: string;
}

/** `.local/outputs.json`: where everything of the deployed app is. Tables are names, queues are URLs. */
export interface LocalOutputs {
  readonly awsEndpoint: string;
  /** Trust this; set where the endpoint speaks TLS. */
  readonly caFile?: string;
  readonly inbound: { readonly baseUrl: string; readonly sources: Readonly<Record<string, LocalSource>> };
  readonly outbound: {
    readonly topicArn: string;
    readonly publishQueueUrl: string;
    readonly signingSecretArn: string;
  };
  readonly tables: {
    readonly inboundEvents: string;
    readonly outboundEvents: string;
    readonly deliveries: string;
  };
  readonly queues: LocalQueues;
  readonly dlqs: LocalQueues & { readonly subscription: string };
}

interface LocalQueues {
  readonly publish: string;
  readonly delivery: string;
  readonly inbound: Readonly<Record<string, string>>;
}

export function toLocalOutputs(endpoint: Endpoint, stacks: StackOutputs): LocalOutputs {
  return {
    awsEndpoint: endpoint.url,
    ...(endpoint.caFile ? { caFile: endpoint.caFile } : {}),
    stacks,
  } as unknown as LocalOutputs;
}

/** Reads the outputs file of a local AWS that runs; undefined when none does. */
export function readOutputs(file: string): LocalOutputs | undefined {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
