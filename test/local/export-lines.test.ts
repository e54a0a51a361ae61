import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { exportedVariables, exportLines } from '../../local/export-lines.ts';
import { exampleOutputs } from './support/outputs.ts';

/** What a shell has in its environment after evaluating the lines. */
function evaluated(lines: readonly string[]): Record<string, string> {
  const script = `${lines.join('\n')}\nenv`;
  const printed = execFileSync('sh', ['-c', script], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  return Object.fromEntries(
    printed.split('\n').map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1)]),
  );
}

test('the export lines point the AWS CLI and every SDK to the local AWS, with keys that AWS itself does not know', () => {
  expect(evaluated(exportLines(exportedVariables(exampleOutputs)))).toMatchObject({
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
  });
});

test('the export lines name the resources', () => {
  expect(evaluated(exportLines(exportedVariables(exampleOutputs)))).toMatchObject({
    HOOKLINE_TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:T',
    HOOKLINE_PUBLISH_QUEUE_URL: 'http://q/publish',
    HOOKLINE_INBOUND_EVENTS_TABLE: 'InboundT',
    HOOKLINE_OUTBOUND_EVENTS_TABLE: 'OutboundT',
    HOOKLINE_DELIVERIES_TABLE: 'DeliveriesT',
    HOOKLINE_ENDPOINTS_TABLE: 'EndpointsT',
    HOOKLINE_MANAGEMENT_URL: 'http://127.0.0.1:4566/management',
    HOOKLINE_GITHUB_URL: 'http://127.0.0.1:4566/_aws/execute-api/ab12/webhooks/github',
    HOOKLINE_STRIPE_EU_SECRET_ARN:
      'arn:aws:secretsmanager:us-east-1:000000000000:secret:Hookline/stripe-eu-x',
  });
});

test('the export lines in strict mode trust the certificate, with any characters in its path', () => {
  const caFile = "/home/o'neill/my $HOME/ca.pem";

  expect(evaluated(exportLines(exportedVariables({ ...exampleOutputs, caFile })))).toMatchObject({
    AWS_CA_BUNDLE: caFile,
    NODE_EXTRA_CA_CERTS: caFile,
  });
  expect(exportLines(exportedVariables(exampleOutputs)).join()).not.toContain('CA_');
});
