import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudFormationClient,
  DeleteStackCommand,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';
import { App, type StackProps } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { WebhookStack, type WebhookStackProps } from '../../../lib/webhook-stack.ts';
import { deploy } from '../../../local/cdk.ts';
import { adaptAssembly } from '../../../local/emulator-differences.ts';
import { type AwsEndpoint, account, clientConfig, region } from '../../../local/endpoint.ts';
import { type LocalOutputs, toLocalOutputs } from '../../../local/outputs.ts';
import { projectRoot } from '../../../local/project-root.ts';

const cdkJson: { readonly context: Readonly<Record<string, unknown>> } = JSON.parse(
  readFileSync(join(projectRoot, 'cdk.json'), 'utf8'),
);

type Props = Omit<WebhookStackProps, keyof StackProps>;

export interface Variant {
  readonly props: Props;
  /** Whether none of its resources can be created. @default false */
  readonly broken?: boolean;
}

/** A stack of one name that is deployed in one variant after the other; all are synthesised in this process, from one bundle. */
export function changingStack(name: string, endpoint: AwsEndpoint) {
  const directory = mkdtempSync(join(tmpdir(), 'hookline-changing-'));
  const cloudFormation = new CloudFormationClient(clientConfig(endpoint));
  return {
    async deploy(variant: Variant): Promise<LocalOutputs> {
      const assembly = synthesise(name, mkdtempSync(join(directory, 'assembly-')), variant);
      return toLocalOutputs(endpoint, await deploy(endpoint, assembly));
    },

    /** Deletes the stack as `cdk destroy` does. */
    async destroy(): Promise<void> {
      await cloudFormation.send(new DeleteStackCommand({ StackName: name }));
      const client = { client: cloudFormation, maxWaitTime: 60, minDelay: 1, maxDelay: 1 };
      await waitUntilStackDeleteComplete(client, { StackName: name });
    },

    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function synthesise(name: string, outdir: string, { props, broken = false }: Variant): string {
  const app = new App({ outdir, context: cdkJson.context, builtinCloudFormationValidation: false });
  const stack = new WebhookStack(app, name, { env: { account, region }, ...props });
  if (broken) {
    // A queue of that name must be a FIFO queue, so this one fails. It comes last, after all others.
    const queue = new CfnQueue(stack, 'Broken', { queueName: 'broken.fifo' });
    queue.node.addDependency(...stack.node.children.filter((child) => child !== queue));
  }
  app.synth();
  adaptAssembly(outdir);
  return outdir;
}
