import { patientCalls } from '../../lambdas/adapters/call-bounds.ts';
import { providerOf } from '../../lambdas/domain/provider/catalogue.ts';
import type { SourceSettings } from '../../lambdas/domain/source.ts';
import { sourceCheckDefaults } from '../../lambdas/domain/source-check-defaults.ts';
import { seconds } from '../../lambdas/domain/time.ts';
import { secretVersions } from '../secrets/versions.ts';
import { secretsClient } from '../stack/aws-clients.ts';
import type { DeployedSource, Deployment } from '../stack/deployment.ts';
import type { OtherSecret } from './diagnose.ts';
import type { ExplainedSource } from './judge.ts';

/** A deployed source with its settings and the versions of its secret. */
export async function explainedSource(source: DeployedSource): Promise<ExplainedSource> {
  const { name, provider: slug, checks, secretArn, url, publicUrl } = source;
  const versions = secretVersions(secretsClient(patientCalls), secretArn);
  const [current, previous] = await Promise.all([versions.current(), versions.previous()]);
  return {
    settings: { ...defaults, ...checks, name, provider: slug, publicUrl },
    provider: providerOf({ name, provider: slug, ...checks }),
    current,
    previous,
    urls: [publicUrl, url].filter((known) => known !== undefined),
  };
}

/** Settings that the outputs of an older stack lack, or that no check needs. */
const defaults: Omit<SourceSettings, 'name' | 'provider'> = {
  ...sourceCheckDefaults,
  eventId: 'provider',
  allowedCidrs: [],
  handlerRetryDelays: [],
  lease: seconds(0),
  retention: seconds(0),
  handshakeWindow: seconds(0),
};

/** The current secrets of the other sources, read one by one: a stack may have sixty, and Secrets Manager limits the rate. */
export async function otherSecrets({ sources }: Deployment, name: string): Promise<OtherSecret[]> {
  const found: OtherSecret[] = [];
  for (const other of Object.values(sources).filter((source) => source.name !== name)) {
    const current = await secretVersions(secretsClient(patientCalls), other.secretArn).current();
    const provider = providerOf({ name: other.name, provider: other.provider, ...other.checks });
    if (current !== undefined) found.push({ source: other.name, provider, value: current.value });
  }
  return found;
}
