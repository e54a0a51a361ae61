import { awsVariables } from './endpoint.ts';
import { ownEndpointVariable } from './existing-endpoint.ts';
import type { LocalOutputs } from './outputs.ts';

/** The variables that point the AWS CLI, the CDK and any SDK to the local AWS, and name its resources. */
export function exportedVariables(outputs: LocalOutputs): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {
    ...awsVariables({ url: outputs.awsEndpoint, caFile: outputs.caFile }),
    [ownEndpointVariable]: outputs.awsEndpoint,
    HOOKLINE_TOPIC_ARN: outputs.outbound.topicArn,
    HOOKLINE_PUBLISH_QUEUE_URL: outputs.outbound.publishQueueUrl,
    HOOKLINE_INBOUND_EVENTS_TABLE: outputs.tables.inboundEvents,
    HOOKLINE_OUTBOUND_EVENTS_TABLE: outputs.tables.outboundEvents,
    HOOKLINE_DELIVERIES_TABLE: outputs.tables.deliveries,
    HOOKLINE_ENDPOINTS_TABLE: outputs.tables.endpoints,
    HOOKLINE_MANAGEMENT_URL: outputs.managementUrl,
    HOOKLINE_OPERATIONS_TOPIC_ARN: outputs.outbound.operationsTopicArn,
  };
  for (const [source, { url, secretArn }] of Object.entries(outputs.inbound.sources)) {
    const name = source.toUpperCase().replaceAll('-', '_');
    variables[`HOOKLINE_${name}_URL`] = url;
    variables[`HOOKLINE_${name}_SECRET_ARN`] = secretArn;
  }
  return variables;
}

/** Formats the variables as lines for a shell. */
export const exportLines = (variables: Readonly<Record<string, string>>): string[] =>
  Object.entries(variables).map(([name, value]) => `export ${name}=${shellQuoted(value)}`);

const shellQuoted = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`;
