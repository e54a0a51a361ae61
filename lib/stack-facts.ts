import { tapQueuePrefix } from '../lambdas/domain/tap.ts';
import { deploymentNameOf } from './deployment-name.ts';
import type { Inbound } from './inbound.ts';
import type { InboundSource } from './inbound-source.ts';
import type { Outbound } from './outbound.ts';
import { type InboundFacts, maxRangesInOutput, type OutboundFacts, type SourceFacts } from './outputs.ts';
import type { SourceProps } from './source-props.ts';
import { handlerTimeoutOf, sourceSettings } from './source-settings.ts';

/** The facts about outbound that tools need. */
export const outboundFacts = (outbound: Outbound): OutboundFacts => ({
  topicArn: outbound.topic.topicArn,
  operationsTopicArn: outbound.operations.topicArn,
  signingSecretArn: outbound.signingSecret.secretArn,
  masterSecretArn: outbound.masterSecret.secretArn,
  publishQueueUrl: outbound.publishing.queue.queueUrl,
  deliveryQueueUrl: outbound.delivering.queue.queueUrl,
  sidelineQueueUrl: outbound.sideline.queue.queueUrl,
  publishDlqUrl: outbound.publishing.dlq.queueUrl,
  deliveryDlqUrl: outbound.delivering.dlq.queueUrl,
  undeliveredQueueUrl: outbound.undelivered.queueUrl,
  subscriptionDlqUrl: outbound.subscriptionDlq.queueUrl,
  outboundEventsTable: outbound.events.tableName,
  deliveriesTable: outbound.deliveries.tableName,
  endpointsTable: outbound.endpoints.tableName,
});

/** The facts about inbound that tools need. */
export const inboundFacts = ({ api, baseUrl, events }: Inbound): InboundFacts => ({
  inboundBaseUrl: baseUrl,
  tapQueuePrefix: tapQueuePrefix(deploymentNameOf(api)),
  inboundEventsTable: events.tableName,
});

/** The facts about the sources, by their names. */
export const factsOfSources = ({ settings, sources, baseUrl }: Inbound): Record<string, SourceFacts> =>
  Object.fromEntries(
    [...sources].flatMap(([name, source]) => {
      const given = settings[name];
      return given === undefined ? [] : [[name, sourceFacts(name, given, baseUrl, source)]];
    }),
  );

function sourceFacts(
  name: string,
  source: SourceProps,
  baseUrl: string,
  inbound: InboundSource,
): SourceFacts {
  const settings = sourceSettings(name, source, handlerTimeoutOf(source));
  const { tolerance, rotationOverlap, maxBodyBytes, eventId, hmac, token, ed25519 } = settings;
  const { handlerRetryDelays } = settings;
  const allowedCidrs = settings.allowedCidrs.length <= maxRangesInOutput ? settings.allowedCidrs : undefined;
  return {
    name,
    provider: source.provider,
    url: `${baseUrl}/webhooks/${name}`,
    publicUrl: source.publicUrl,
    checks: {
      tolerance,
      rotationOverlap,
      maxBodyBytes,
      eventId,
      allowedCidrs,
      handlerRetryDelays,
      hmac,
      token,
      ed25519,
    },
    secretArn: inbound.secretOf(name).ref,
    queueUrl: inbound.work.queue.queueUrl,
    dlqUrl: inbound.work.dlq.queueUrl,
  };
}
