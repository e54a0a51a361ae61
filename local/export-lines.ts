import { awsVariables } from './endpoint.ts';
import { ownEndpointVariable } from './existing-endpoint.ts';
import type { LocalOutputs } from './outputs.ts';

/** Shell lines that make the AWS CLI, the CDK and any SDK talk to the local AWS, and that name what is in it. */
export function exportLines(outputs: LocalOutputs): string[] {
  const variables = {
    ...awsVariables({ url: outputs.awsEndpoint, caFile: outputs.caFile }),
    [ownEndpointVariable]: outputs.awsEndpoint,
  };
  return Object.entries(variables).map(([name, value]) => `export ${name}=${shellQuoted(value)}`);
}

const shellQuoted = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`;
