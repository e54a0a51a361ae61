import { styleText } from 'node:util';
import type { LocalOutputs } from './outputs.ts';

/** The text after a start: where everything is, and what to try next. */
export function whatRuns(outputs: LocalOutputs, metricsUrl: string, seconds: number): string {
  const sources = Object.entries(outputs.inbound.sources);
  const rows: [string, string][] = [
    ...sources.map(([name, { url }]): [string, string] => [`in   ${name}`, `POST ${url}`]),
    ['out  topic', outputs.outbound.topicArn],
    ['api', outputs.managementUrl],
    ['aws', outputs.awsEndpoint],
    ['metrics', metricsUrl],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    '',
    styleText(['bold', 'green'], `Hookline runs, ready in ${seconds.toFixed(1)} s.`),
    ...rows.map(([name, value]) => `  ${styleText('bold', name.padEnd(width))}  ${value}`),
    '',
    styleText('bold', 'Try, in a second terminal:'),
    ...tryNext(
      sources.map(([name]) => name),
      outputs.caFile !== undefined,
    ).map((line) => `  ${line}`),
    '',
    'Secrets are random; set your own with put-secret-value. All state is in memory, so each start begins empty.',
    'The functions’ log lines follow. Ctrl-C stops everything.',
    '',
  ].join('\n');
}

function tryNext(sources: readonly string[], tls: boolean): string[] {
  const message = '{"type":"invoice.paid","tenant":"acme","data":{"amount":1200}}';
  return [
    'npx hookline receiver &',
    'npx hookline --local endpoints create acme http://127.0.0.1:3000/200/billing --id billing',
    'eval "$(npx hookline env)"',
    `aws sns publish --topic-arn "$HOOKLINE_TOPIC_ARN" --message '${message}'`,
    'npx hookline --local deliveries list --tenant acme --endpoint billing',
    ...(sources.includes('github') ? [signedPing(tls)] : []),
  ];
}

/** Commands that every machine has, which sign a ping as GitHub does. */
const signedPing = (tls: boolean): string =>
  [
    `body='{"zen":"Keep it logically awesome."}'`,
    'key=$(aws secretsmanager get-secret-value --secret-id "$HOOKLINE_GITHUB_SECRET_ARN" --query SecretString --output text)',
    'sig=$(printf %s "$body" | openssl dgst -sha256 -hmac "$key" -r | cut -d" " -f1)',
    `curl -i${tls ? ' --cacert "$AWS_CA_BUNDLE"' : ''} "$HOOKLINE_GITHUB_URL" -H "x-hub-signature-256: sha256=$sig" -H "x-github-event: ping" -H "x-github-delivery: $RANDOM" -H "content-type: application/json" -d "$body"`,
  ].join('; \\\n  ');
