import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { keptIndex } from '../lambdas/domain/tables.ts';
import type { DeploymentBase } from './deployment.ts';
import type { InboundWebhooksProps } from './deployment-props.ts';
import { InboundApi } from './inbound-api.ts';
import { InboundSource } from './inbound-source.ts';
import { RecordTable } from './parts/record-table.ts';
import { withPublicUrls } from './public-urls.ts';
import { SettingsError } from './settings-error.ts';
import { groupsOf, throttlesOf } from './source-groups.ts';
import type { Sources } from './source-props.ts';
import { sourceSecrets } from './source-secrets.ts';
import { checkSources } from './source-settings.ts';
import { warnOfSettings } from './stack-checks.ts';

/** What a team may want hold of, of one source. Under `isolation: 'shared'` the sources have one queue, DLQ and consumer. */
export interface InboundParts {
  /** The function that runs the handlers. Grant it what they need: `orders.grantWriteData(hooks.inbound('stripe').consumer)`. */
  readonly consumer: IFunction;
  /** Verified events that wait for their handler. */
  readonly queue: IQueue;
  /** Events that their handler could not take. */
  readonly dlq: IQueue;
  /** The URL that the provider posts to. */
  readonly url: string;
  /** Allows a reader of `bodyS3` to get the objects that messages of this source name. docs/targets.md */
  grantReadBodies(reader: IGrantable): Grant;
}

/** The inbound part of a deployment. */
export interface Inbound {
  readonly api: InboundApi;
  /** The URL before `/webhooks/…`. */
  readonly baseUrl: string;
  readonly events: RecordTable;
  /** The settings of the sources, with their public URLs. */
  readonly settings: Sources;
  /** The constructs, by the names of the sources, which may share one. */
  readonly sources: ReadonlyMap<string, InboundSource>;
  /** The constructs, each once. */
  readonly each: readonly InboundSource[];
}

/** Checks the settings of the sources, and completes them with their public URLs. */
export function inboundSettings(
  deployment: Construct,
  props: Pick<InboundWebhooksProps, 'sources' | 'isolation' | 'customDomain' | 'publicBaseUrl'>,
): Sources {
  checkSources(props.sources);
  const sources = withPublicUrls(props.sources, props);
  warnOfSettings(deployment, sources, props.isolation);
  return sources;
}

/** Adds the inbound part: the API, the sources and the table of their events. */
export function addInbound(
  deployment: Construct,
  { isolation, customDomain }: InboundWebhooksProps,
  { sources: settings, shared }: DeploymentBase,
): Inbound {
  const { removalPolicy } = shared;
  const groups = groupsOf(isolation, settings);
  const api = new InboundApi(deployment, 'Inbound', {
    logRetention: shared.functions.logRetention,
    encryptionKey: shared.encryptionKey,
    customDomain,
  });
  const events = new RecordTable(deployment, 'InboundEvents', {
    removalPolicy,
    encryptionKey: shared.encryptionKey,
    maxUnitsPerSecond: shared.maxTableUnits.inboundEvents,
    indexes: [keptIndex],
  });
  const secrets = sourceSecrets(deployment, settings, removalPolicy, shared.encryptionKey);
  const made = groups.map((group) => {
    const source = new InboundSource(deployment, group.id, {
      ...group,
      ...shared,
      secrets,
      api: api.api,
      events,
    });
    return { ...group, source, routeKeys: source.routeKeys };
  });
  api.publish(throttlesOf(made));
  const sources = made.flatMap(({ source, sources: named }) =>
    Object.keys(named).map((name) => [name, source] as const),
  );
  return {
    api,
    baseUrl: api.baseUrl,
    events,
    settings,
    sources: new Map(sources),
    each: made.map(({ source }) => source),
  };
}

/** @throws SettingsError when the deployment does not have the source */
function sourceOf({ sources }: Inbound, name: string): InboundSource {
  const found = sources.get(name);
  if (found !== undefined) return found;
  throw new SettingsError(`there is no source '${name}'; the sources are ${[...sources.keys()].join(', ')}`);
}

/** @throws SettingsError when the deployment does not have the source */
export function inboundParts(inbound: Inbound, name: string): InboundParts {
  const source = sourceOf(inbound, name);
  const { queue, dlq } = source.work;
  return {
    consumer: source.consume,
    queue,
    dlq,
    url: `${inbound.baseUrl}/webhooks/${name}`,
    grantReadBodies: (reader) => source.grantReadBodies(reader, name),
  };
}
