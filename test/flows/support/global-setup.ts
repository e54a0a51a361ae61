import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type LocalAws, startLocalAws } from '../../../local/emulator.ts';
import { usedPermissionsFileIn } from '../../../local/ministack.ts';
import type { LocalOutputs } from '../../../local/outputs.ts';
import { hasPython } from '../../support/local-python.ts';
import { type KeyServer, startKeyServer } from './key-server.ts';
import { startLaneKeeper } from './lane-keeper.ts';
import { startSink } from './sink.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Undefined where there is no Python to run an AWS with. */
    local:
      | {
          readonly outputs: LocalOutputs;
          readonly sinkUrl: string;
          readonly lanesUrl: string;
          readonly keys: KeyServer['keys'];
        }
      | undefined;
    /** For the audit after all flow tests; undefined where none ran. */
    flowsRun:
      | {
          readonly url: string;
          readonly caFile: string | undefined;
          /** The template of the stack that they ran on. */
          readonly templateFile: string;
          /** What the stack's functions used: see local/run-emulator.py. */
          readonly usedPermissionsFile: string;
        }
      | undefined;
  }
}

const cleanUps: (() => Promise<void> | void)[] = [];

/** One deployment, with IAM and TLS enforced, serves the whole run. */
export async function setup(project: TestProject): Promise<void> {
  // The audit looks at the same deployment.
  const everywhere = project.vitest.getRootProject();
  if (!(await hasPython())) {
    console.log('no Python 3.10 or newer here: the flow tests are skipped');
    everywhere.provide('local', undefined);
    return;
  }
  const stateDir = mkdtempSync(join(tmpdir(), 'hookline-flows-'));
  cleanUps.push(() => rmSync(stateDir, { recursive: true, force: true }));
  const sink = await startSink();
  cleanUps.push(sink.close);
  const lanes = await startLaneKeeper();
  cleanUps.push(lanes.close);
  const keyServer = await startKeyServer(stateDir);
  cleanUps.push(keyServer.close);
  const aws = await start(stateDir, sink.url);
  cleanUps.push(aws.stop);
  everywhere.provide('flowsRun', {
    url: aws.endpoint.url,
    caFile: aws.endpoint.caFile,
    templateFile: join(stateDir, 'cdk.out', 'Flows.template.json'),
    usedPermissionsFile: usedPermissionsFileIn(stateDir),
  });
  everywhere.provide('local', {
    outputs: aws.outputs,
    sinkUrl: sink.url,
    lanesUrl: lanes.url,
    keys: keyServer.keys,
  });
}

export async function teardown(): Promise<void> {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
}

const start = (stateDir: string, sink: string): Promise<LocalAws> =>
  startLocalAws({ app: 'test/apps/flows.ts', stateDir, strict: true, port: 0, context: { sink } });
