import { deploy, synth } from './cdk.ts';
import { adaptAssembly, countAlarms, readAssembly, type Template } from './emulator-differences.ts';
import type { AwsEndpoint } from './endpoint.ts';
import { type LocalOutputs, toLocalOutputs } from './outputs.ts';
import { seedSecrets } from './secrets.ts';
import { type StateDirectory, writeAtomically } from './state.ts';
import { changesBetween } from './template-changes.ts';

/** The CDK app of one local AWS. */
export interface App {
  /** @default the app of `cdk.json` */
  readonly file?: string;
  readonly context: Readonly<Record<string, string>>;
  readonly state: StateDirectory;
  readonly signal: AbortSignal;
}

/** Makes the cloud assembly to deploy. */
export const synthesiseApp = (app: App): Promise<void> =>
  synth(app.file, app.state.assembly, app.context, app.signal);

/** The result of deploying what was saved. */
export interface Deployed {
  readonly outputs: LocalOutputs;
  /** A text, with the names that the resources have in the app. */
  readonly changes: string;
  /** The URLs of new sources. */
  readonly newSources: readonly string[];
}

/** Deploys an app's assembly into an endpoint, as often as it is called. */
export function appDeployer(app: App, endpoint: AwsEndpoint): () => Promise<Deployed> {
  let live: Template = { Resources: {} };
  let liveUrls = new Set<string>();
  return async () => {
    const before = countAlarms(readAssembly(app.state.assembly));
    adaptAssembly(app.state.assembly);
    const next = readAssembly(app.state.assembly);
    const alarmsLeftOut = before - countAlarms(next);
    const stacks = await deploy(endpoint, app.state.assembly, app.signal);
    const changes = changesBetween(live, next);
    live = next;
    const outputs: LocalOutputs = { ...toLocalOutputs(endpoint, stacks), alarmsLeftOut };
    await seedSecrets(endpoint, outputs.inbound.sources);
    // Written last, because the existence of this file means ready.
    writeAtomically(app.state.outputsFile, `${JSON.stringify(outputs, undefined, 2)}\n`);
    const urls = Object.values(outputs.inbound.sources).map(({ url }) => url);
    const newSources = urls.filter((url) => !liveUrls.has(url));
    liveUrls = new Set(urls);
    return { outputs, changes, newSources };
  };
}
