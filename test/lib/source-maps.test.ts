import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { assetOf } from './support/assets.ts';
import { synth } from './support/synth.ts';

const scratch = mkdtempSync(join(tmpdir(), 'hookline-maps-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const app = synth();
const { directory } = assetOf(app, 'Source-stripe/Consume');

/** Runs the bundle in a process as Lambda does, beside an AWS that answers everything with nothing, and parses its log. */
function errorOf(body: string, change = ''): { readonly stack: string; readonly location: string } {
  const script = join(scratch, 'invoke.mjs');
  const message = {
    v: 1,
    source: 'stripe',
    provider: 'stripe',
    id: 'evt_1',
    type: 'payment_intent.succeeded',
  };
  const heading = { ...message, receivedAt: 1, correlationId: 'c', headers: {} };
  const record = {
    messageId: 'm',
    receiptHandle: 'r',
    body: JSON.stringify({ ...heading, body }),
    attributes: {},
    messageAttributes: {},
  };
  writeFileSync(
    script,
    `${change};
    import { createServer } from 'node:http';
    const aws = createServer((request, response) => request.resume().on('end', () => response.end('{}')));
    await new Promise((listening) => aws.listen(0, '127.0.0.1', listening));
    process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:' + aws.address().port;
    const { handler } = await import(${JSON.stringify(join(directory, 'consume.mjs'))});
    const context = { awsRequestId: '1', getRemainingTimeInMillis: () => 60000 };
    await handler({ Records: [${JSON.stringify(record)}] }, context);
    process.exit()`,
  );
  const { stdout, stderr } = spawnSync(process.execPath, [script], {
    cwd: scratch,
    encoding: 'utf8',
    env: {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'k',
      AWS_SECRET_ACCESS_KEY: 's',
      INBOUND_EVENTS_TABLE: 't',
      QUEUE_URL: 'https://sqs/q',
      DLQ_URL: 'https://sqs/d',
      PAYLOAD_BUCKET: 'b',
      TAP_QUEUE_PREFIX: 'tap',
      TARGETS: '{}',
    },
  });
  const line = `${stdout}\n${stderr}`.split('\n').find((text) => text.includes('"handler.failed"'));
  expect(line, stderr).toBeDefined();
  return JSON.parse(line ?? '').error;
}

describe('an error in the bundle', () => {
  test('an error in the bundle is logged with the file and line of the source, though no source map was read at the start', () => {
    const { stack, location } = errorOf('{"data":null}');

    expect(stack).toMatch(/ at .*\(lambdas\/handlers\/stripe\.ts:\d+:\d+\)/);
    expect(stack).toMatch(/ at .*\(lambdas\/inbound\/run-handler\.ts:\d+:\d+\)/);
    expect(stack).not.toContain('file:///');
    expect(location).toMatch(/^lambdas\/domain\/handler\.ts:\d+$/);
    expect(JSON.stringify(app.resources('AWS::Lambda::Function'))).not.toContain('source-maps');
  });

  test('an error in the bundle is logged unchanged if the map cannot be read', () => {
    const withoutMaps = `import fs from 'node:fs';import { syncBuiltinESMExports } from 'node:module';
      const read = fs.readFileSync;
      fs.readFileSync = (file, ...more) => {
        if (String(file).endsWith('.map')) throw new Error('gone');
        return read(file, ...more);
      };
      syncBuiltinESMExports()`;

    expect(errorOf('{"data":null}', withoutMaps).stack).toContain('consume.mjs:2:');
  });
});
