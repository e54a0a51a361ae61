import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { afterAll, describe, expect, test } from 'vitest';
import { WebhookStack } from '../../lib/webhook-stack.ts';
import { assetOf, codeOf, entriesIn, sourcesIn, startOf } from './support/assets.ts';
import { quickApp, synth, threeSources } from './support/synth.ts';

const scratch = mkdtempSync(join(tmpdir(), 'hookline-bundle-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const app = synth();

describe('the code of a function', () => {
  test.each([
    ['Source-stripe/Receive', 'receive'],
    ['Source-stripe/Consume', 'consume'],
    ['Outbound/Publish', 'publish'],
    ['Outbound/Deliver', 'deliver'],
    ['Outbound/Sweep', 'sweep'],
    ['Management/Function', 'management'],
  ])('the code of %s has its own entry, chunks with their maps, and settings', (lambda, entry) => {
    const asset = assetOf(app, lambda);
    const scripts = readdirSync(asset.directory).filter((file) => file.endsWith('.mjs'));

    expect(app.resources('AWS::Lambda::Function')[lambda]?.Properties).toMatchObject({
      Handler: `${entry}.handler`,
    });
    expect(entriesIn(asset)).toEqual([`${entry}.mjs`]);
    for (const script of scripts) expect(readdirSync(asset.directory)).toContain(`${script}.map`);
  });

  test('the code of a function starts with nothing else around it', () => {
    const { directory } = assetOf(app, 'Outbound/Sweep');
    const script = `import(${JSON.stringify(join(directory, 'sweep.mjs'))}).then((m) => console.log(typeof m.handler, process.moduleLoadList.join(' ')))`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
      cwd: scratch,
      encoding: 'utf8',
      env: {
        AWS_REGION: 'us-east-1',
        OUTBOUND_EVENTS_TABLE: 't',
        ENDPOINTS_TABLE: 't',
        OPERATIONS_TOPIC_ARN: 'arn:t',
        DELIVERIES_TABLE: 't',
        DELIVERY_QUEUE_URL: 'https://sqs',
        DELIVERY_DLQ_URL: 'https://sqs',
        UNDELIVERED_QUEUE_URL: 'https://sqs',
        DEAD_LETTER_QUEUES: 'letters',
      },
    });

    expect(stderr).toBe('');
    expect(stdout).toContain('function');
    // `fetch` takes longer to load than the function itself.
    expect(stdout).toContain('https');
    expect(stdout).not.toContain('undici');
  });

  test.each([
    ['Source-stripe/Receive', 'receive', 80],
    ['Source-stripe/Consume', 'consume', 107],
    ['Outbound/Publish', 'publish', 144],
    ['Outbound/Deliver', 'deliver', 212],
    ['Outbound/Sweep', 'sweep', 150],
    ['Management/Function', 'management', 208],
  ])(
    'the code that %s loads at its start is small, without the clients it may never need',
    (lambda, entry, most) => {
      const start = startOf(assetOf(app, lambda), `${entry}.mjs`);
      const code = [...start.values()].join('\n');
      const kilobytes = Math.round(Buffer.byteLength(code) / 1024);

      console.log(`${lambda} starts with ${kilobytes} KB in ${start.size} files.`);
      expect(kilobytes).toBeLessThan(most);
      expect(start.size).toBeLessThan(5);
      // Every client of the SDK has this name; ours has another.
      expect(code).not.toMatch(/aws-sdk-js|@smithy|S3ServiceException/);
    },
  );

  test('the code of a function maps to source files by paths that are the same on every machine', () => {
    expect(sourcesIn(assetOf(app, 'Source-stripe/Receive'))).toContain(
      '../../../../../lambdas/inbound/receive.lambda.ts',
    );
  });

  test('the code of a function has the settings of its own source only', () => {
    expect(assetOf(app, 'Source-github/Receive').settings.sources?.map(({ name }) => name)).toEqual([
      'github',
    ]);
    expect(assetOf(app, 'Source-github/Consume').settings.sources?.map(({ name }) => name)).toEqual([
      'github',
    ]);
  });

  test('the code of a shared receiver has the settings of all sources', () => {
    const { settings } = assetOf(synth({ isolation: 'shared' }), 'Sources/Receive');

    expect(settings.sources?.map(({ name }) => name)).toEqual(['stripe', 'github', 'shopify']);
  });
});

test('sources that share a consumer have claims that last as long as it may run', () => {
  const { settings } = assetOf(
    synth({
      isolation: 'shared',
      sources: {
        quick: { provider: 'stripe', handlerTimeout: Duration.seconds(5) },
        slow: { provider: 'stripe', handlerTimeout: Duration.seconds(50) },
      },
    }),
    'Sources/Consume',
  );

  expect(settings.sources?.map(({ lease }) => lease)).toEqual([55, 55]);
});

test.each([
  ['Source-stripe/Consume', 'Source-stripe/Work/Queue'],
  ['Outbound/Deliver', 'Outbound/Delivering/Queue'],
  ['Outbound/Deliver', 'Outbound/Sideline/Queue'],
])('a claim of %s outlives its worker, and ends before its queue redelivers the message', (lambda, queue) => {
  const { settings } = assetOf(app, lambda);
  const lease = settings.lease ?? settings.sources?.[0]?.lease;

  expect(lease).toBeGreaterThan(
    Number(app.resources('AWS::Lambda::Function')[lambda]?.Properties['Timeout']),
  );
  expect(lease).toBeLessThan(
    Number(app.resources('AWS::SQS::Queue')[queue]?.Properties['VisibilityTimeout']),
  );
});

describe('the receiver', () => {
  const receiver = assetOf(app, 'Source-stripe/Receive');

  test('the receiver contains no code that sends, or runs handlers', () => {
    const own = sourcesIn(receiver).filter((source) => source.includes('/lambdas/'));

    expect(own).toContain('../../../../../lambdas/inbound/receive.lambda.ts');
    expect(own.filter((source) => /\/(outbound|handlers)\/|consume/.test(source))).toEqual([]);
  });

  test('the receiver is small enough to start within the strictest provider’s timeout', () => {
    const kilobytes = Math.round(Buffer.byteLength(codeOf(receiver)) / 1024);

    console.log(`The receiver's code is ${kilobytes} KB.`);
    expect(kilobytes).toBeLessThan(1_024);
  });
});

describe('code for one provider', () => {
  const sources = {
    stripe: { provider: 'stripe' },
    plaid: { provider: 'plaid' },
    sns: { provider: 'sns' },
    asana: { provider: 'asana' },
    mailgun: { provider: 'mailgun' },
  } as const;
  const several = synth({ sources });
  const receiverOf = (name: string) => assetOf(several, `Source-${name}/Receive`);
  const kilobytes = (name: string) => Math.round(Buffer.byteLength(codeOf(receiverOf(name))) / 1024);

  test.each([
    ['stripe', []],
    ['plaid', ['json-web-signature.ts', '/jose/']],
    ['sns', ['certificates.ts']],
    ['asana', ['handshake-secret.ts']],
    ['mailgun', ['multipart-parser', 'once-only.ts', 'adapters/dynamodb/client.ts']],
  ])('the code of one provider is bundled only with a source of %s', (name, own) => {
    const lazy =
      /providers\/[a-z-]+\.ts|json-web-signature|\/jose\/|certificates|handshake-secret|multipart-parser|once-only|adapters\/dynamodb\/client/;
    const found = sourcesIn(receiverOf(name)).map((source) => lazy.exec(source)?.[0]);

    expect(new Set(found.filter((source) => source !== undefined))).toEqual(
      new Set([`providers/${name}.ts`, ...own.map((part) => lazy.exec(part)?.[0])]),
    );
  });

  test('the code of one provider does not enlarge the receiver of another source', () => {
    const bytes = (synthesised: ReturnType<typeof synth>) =>
      Buffer.byteLength(codeOf(assetOf(synthesised, 'Source-stripe/Receive')));

    console.log(
      `Receivers: ${Object.keys(sources)
        .map((name) => `${name} ${kilobytes(name)} KB`)
        .join(', ')}.`,
    );
    expect(bytes(several)).toBe(bytes(synth({ sources: { stripe: { provider: 'stripe' } } })));
  });
});

describe('a change', () => {
  test('a change without an effect deploys nothing', () => {
    expect(assetOf(synth(), 'Source-stripe/Consume').hash).toBe(assetOf(app, 'Source-stripe/Consume').hash);
  });

  test('a change of one source deploys only the functions of that source', () => {
    const changed = synth({ sources: { ...threeSources, github: { provider: 'github', eventId: 'body' } } });
    const isSame = (lambda: string) => assetOf(changed, lambda).hash === assetOf(app, lambda).hash;

    expect(isSame('Source-github/Receive')).toBe(false);
    expect(isSame('Source-stripe/Receive')).toBe(true);
    expect(isSame('Outbound/Deliver')).toBe(true);
  });
});

describe('handlers of an app', () => {
  const handlersRegistry = join(import.meta.dirname, 'support/registry-of-a-test.ts');

  test('the handlers of an app replace the shipped ones, in consumers only', () => {
    const own = synth({ handlersRegistry });

    expect(codeOf(assetOf(own, 'Source-stripe/Consume'))).toContain('a handler of a test');
    expect(codeOf(assetOf(app, 'Source-stripe/Consume'))).not.toContain('a handler of a test');
    expect(codeOf(assetOf(own, 'Source-stripe/Receive'))).not.toContain('a handler of a test');
  });

  test('the handlers of an app are none if it gives none', () => {
    const none = synth({ handlersRegistry: undefined });

    expect(sourcesIn(assetOf(none, 'Source-stripe/Consume'))).toContain(
      '../../../../../lib/parts/no-handlers.ts',
    );
    expect(sourcesIn(assetOf(none, 'Source-stripe/Consume')).join()).not.toContain('/lambdas/handlers/');
  });

  test('the handlers of an app share one copy of `hookline/handlers` with the consumer', () => {
    const own = codeOf(assetOf(synth({ handlersRegistry }), 'Source-stripe/Consume'));

    expect(own.match(/matches no event type/g)).toHaveLength(1);
  });

  test('the handlers of an app must be exported by their name', () => {
    const registry = join(scratch, 'nameless.ts');
    writeFileSync(registry, 'export const others = {};\n');

    expect(() => synth({ handlersRegistry: registry })).toThrow(
      `handlersRegistry: the file ${registry} does not export 'handlers'`,
    );
  });

  test('the handlers of an app are found from any folder', () => {
    const here = process.cwd();
    try {
      process.chdir(scratch);
      expect(() => synth({ handlersRegistry })).not.toThrow();
    } finally {
      process.chdir(here);
    }
  });
});

test('two stacks of one app share equal assets', () => {
  const both = quickApp();
  const [blue, green] = ['Blue', 'Green'].map((id) => new WebhookStack(both, id, { sources: threeSources }));
  const assembly = both.synth();
  const hashes = [blue, green].map((stack) =>
    Object.values<{ Type: string; Properties: { Code: unknown } }>(
      assembly.getStackByName(stack?.stackName ?? '').template.Resources,
    )
      .filter(({ Type }) => Type === 'AWS::Lambda::Function')
      .map(({ Properties }) => Properties.Code),
  );

  expect(hashes[0]).toHaveLength(10);
  expect(hashes[0]).toEqual(hashes[1]);
});
