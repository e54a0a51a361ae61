import type { Construct } from 'constructs';
import { addOutput, addOutputs } from './add-outputs.ts';
import { AlarmTopic } from './alarm-topic.ts';
import { markDeployment } from './deployment-name.ts';
import {
  checkProps,
  type DeploymentKind,
  type InboundWebhooksProps,
  type OutboundWebhooksProps,
} from './deployment-props.ts';
import { allowServices } from './encryption-key.ts';
import { type Inbound, inboundSettings } from './inbound.ts';
import { allowsLocalEndpoints } from './local-endpoints.ts';
import { ManagementApi } from './management-api.ts';
import { Monitoring } from './monitoring.ts';
import { Outbound } from './outbound.ts';
import { type SharedParts, sharedParts } from './shared-parts.ts';
import { groupsOf } from './source-groups.ts';
import type { Sources } from './source-props.ts';
import { checkAtSynth } from './stack-checks.ts';
import { factsOfSources, inboundFacts, outboundFacts } from './stack-facts.ts';
import { maxTableUnits } from './table-units.ts';

/** The parts that a deployment has, with their settings. */
interface PartProps {
  /** @default - no inbound part */
  readonly inbound?: InboundWebhooksProps;
  /** @default - no outbound part */
  readonly outbound?: OutboundWebhooksProps;
}

/** What a deployment begins with. */
export interface DeploymentBase {
  readonly alarms: AlarmTopic;
  /** The settings of the sources, with their public URLs. */
  readonly sources: Sources;
  readonly shared: SharedParts;
}

/** The parts of a deployment: one of them, or both. */
interface MadeParts {
  readonly inbound?: Inbound;
  readonly outbound?: Outbound;
}

/**
 * Checks the settings, and makes what the parts share.
 *
 * All constructs of a deployment are its children, so that the logical ids of one part do not depend on the other.
 *
 * @throws SettingsError naming the setting
 */
export function beginDeployment(
  deployment: Construct,
  kind: DeploymentKind,
  { inbound, outbound }: PartProps,
): DeploymentBase {
  const props = { ...outbound, ...inbound };
  checkProps(kind, props);
  markDeployment(deployment);
  const sources = inbound === undefined ? {} : inboundSettings(deployment, inbound);
  const units = maxTableUnits(deployment, groupsOf(inbound?.isolation, sources), {
    outbound: outbound && (outbound.outbound ?? {}),
    maxTableUnitsPerSecond: props.maxTableUnitsPerSecond,
  });
  const { alarmEmail: email, encryptionKey } = props;
  if (encryptionKey !== undefined) allowServices(deployment, encryptionKey);
  const alarms = new AlarmTopic(deployment, 'Alarms', { email, encryptionKey });
  return { alarms, sources, shared: sharedParts(deployment, props, alarms, units) };
}

/** Adds the outbound part. Its sweep reads the dead-letter queues of the inbound part, too. */
export function addOutbound(
  deployment: Construct,
  { outbound = {} }: OutboundWebhooksProps,
  { shared }: DeploymentBase,
  inbound?: Inbound,
): Outbound {
  return new Outbound(deployment, 'Outbound', {
    ...shared,
    outbound,
    localEndpoints: allowsLocalEndpoints(deployment),
    deadLetterQueues: inbound?.each.map(({ work }) => work.dlq) ?? [],
  });
}

/**
 * Adds the management API, the alarms and the dashboard over the parts, and the stack's outputs with URLs, ARNs and names, which
 * the `hookline` tool reads.
 */
export function finishDeployment(
  deployment: Construct,
  { alarms, shared }: DeploymentBase,
  { inbound, outbound }: MadeParts,
): ManagementApi {
  const { alarmAction, payloads } = shared;
  const management = new ManagementApi(deployment, 'Management', { ...shared, inbound, outbound });
  new Monitoring(deployment, 'Monitoring', { inbound, outbound, management, alarmAction });
  checkAtSynth(deployment);
  addOutputs(deployment, {
    managementUrl: management.api.apiEndpoint,
    payloadBucket: payloads.bucketName,
    encryptionKeyArn: shared.encryptionKey?.keyArn,
    egressAddresses: outbound?.network?.addresses?.join(','),
    inbound: inbound && inboundFacts(inbound),
    outbound: outbound && outboundFacts(outbound),
    sources: inbound === undefined ? {} : factsOfSources(inbound),
  });
  addOutput(deployment, 'AlarmTopicArn', alarms.topic.topicArn);
  return management;
}
