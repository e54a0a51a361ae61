import { deploy, synth } from './cdk.ts';
import { adaptAssembly } from './emulator-differences.ts';
import type { Endpoint } from './endpoint.ts';
import { type LocalOutputs, toLocalOutputs } from './outputs.ts';
import { seedSecrets } from './secrets.ts';
import { type StateDirectory, writeAtomically } from './state.ts';

/** The CDK app of one local AWS. */
export interface App {
  readonly file: string;
  readonly context: Readonly<Record<string, string>>;
  readonly state: StateDirectory;
  readonly signal: AbortSignal;
}

/** Makes the cloud assembly that `deployApp` deploys. */
export const synthesiseApp = (app: App): Promise<void> =>
  synth(app.file, app.state.assembly, app.context, app.signal);

/**
 * Deploys the assembly, gives secrets without a value one, and writes the outputs file: last, so that it means ready.
 *
 * @returns the outputs, and what the CDK tool printed
 */
export async function deployApp(
  app: App,
  endpoint: Endpoint,
): Promise<{ outputs: LocalOutputs; log: string }> {
  adaptAssembly(app.state.assembly);
  const { outputs: stacks, log } = await deploy(endpoint, app.state.assembly, app.signal);
  const outputs = toLocalOutputs(endpoint, stacks);
  await seedSecrets(endpoint, outputs);
  writeAtomically(app.state.outputsFile, `${JSON.stringify(outputs, undefined, 2)}\n`);
  return { outputs, log };
}
