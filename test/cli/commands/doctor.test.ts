import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { redeliveryOf } from '../../../cli/doctor/redelivery.ts';
import { type Answers, cliAws } from '../../support/cli/aws.ts';
import { arnOf, deployedOutputs, keptAws } from '../../support/cli/kept-aws.ts';

const stacks = (...members: string[]) =>
  `<DescribeStacksResponse><DescribeStacksResult><Stacks>${members.join('')}</Stacks></DescribeStacksResult></DescribeStacksResponse>`;
const stack = (name: string, status: string, outputs: Readonly<Record<string, string>> = {}) => {
  const members = Object.entries(outputs).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return `<member><StackName>${name}</StackName><StackStatus>${status}</StackStatus><StackId>arn:aws:cloudformation:eu-central-1:123456789012:stack/${name}/1</StackId><Outputs>${members.join('')}</Outputs></member>`;
};
const absent = (name: unknown) => {
  throw Object.assign(new Error(`Stack with id ${name} does not exist`), { name: 'ValidationError' });
};

interface Account {
  readonly hookline?: string;
  readonly toolkit?: string;
  readonly limit?: number;
}

const account = ({ hookline, toolkit, limit = 1_000 }: Account): Answers => ({
  DescribeStacks: ({ StackName }) => {
    const found = StackName === 'CDKToolkit' ? toolkit : hookline;
    return found === undefined ? absent(StackName) : stacks(found);
  },
  GetAccountSettings: () => ({
    AccountLimit: { ConcurrentExecutions: limit, UnreservedConcurrentExecutions: limit },
  }),
});
const bootstrapped = stack('CDKToolkit', 'CREATE_COMPLETE', { BootstrapVersion: '28' });

describe('before the first deploy', () => {
  it('before the first deploy, doctor says so, and that the account is ready', async () => {
    await using aws = await cliAws(account({ toolkit: bootstrapped }));

    const { code, stdout, stderr } = await aws.runThere('doctor');

    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^✔ stack: Hookline is not deployed in http\S+ yet, and these credentials can see that/,
    );
    expect(stdout).toContain('✔ bootstrap: account 123456789012 is bootstrapped, version 28');
    expect(stdout).toContain(
      '✔ concurrency: 1000 functions may run at once in this account and region; the queues of a stack with 3 sources may start 100 (10 a source, 10 to publish, 60 to deliver)',
    );
  });

  it('before the first deploy, doctor says what an account with 10 concurrent executions needs first', async () => {
    await using aws = await cliAws(account({ toolkit: bootstrapped, limit: 10 }));

    const { code, stdout } = await aws.runThere('--region', 'eu-west-1', 'doctor');

    expect(code).toBe(1);
    expect(stdout).toContain('✘ concurrency: 10 functions may run at once');
    expect(stdout).toContain(
      'Ask for more before you deploy: the quota “Concurrent executions” of AWS Lambda, L-B99A9384.',
    );
    expect(stdout).toContain(
      '    aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000 --region eu-west-1\n',
    );
  });

  it.each([
    ['nothing', undefined, /there is no stack CDKToolkit in this account and region\n {4}npx cdk bootstrap/],
    [
      'an old one',
      stack('CDKToolkit', 'UPDATE_COMPLETE', { BootstrapVersion: '5' }),
      /bootstrap version 5, but the deploy needs 6/,
    ],
    [
      'one that failed',
      stack('CDKToolkit', 'ROLLBACK_COMPLETE'),
      /CDKToolkit is ROLLBACK_COMPLETE, bootstrap version unknown/,
    ],
  ])('before the first deploy, doctor reports a missing bootstrap: %s', async (_, toolkit, said) => {
    await using aws = await cliAws(account({ toolkit }));

    const { code, stdout } = await aws.runThere('doctor');

    expect(code).toBe(1);
    expect(stdout).toMatch(/✘ bootstrap: /);
    expect(stdout).toMatch(said);
  });

  it.each([
    ['ROLLBACK_COMPLETE', 'Its first deploy failed; npx cdk deploy removes the rest and tries again'],
    ['REVIEW_IN_PROGRESS', 'Its first deploy failed; npx cdk deploy removes the rest and tries again'],
    ['CREATE_IN_PROGRESS', 'Wait until it has ended.'],
    ['DELETE_FAILED', 'It could not be deleted completely'],
  ])('before the first deploy, doctor says what to do about a stack that is %s', async (status, advice) => {
    await using aws = await cliAws(account({ hookline: stack('Hookline', status), toolkit: bootstrapped }));

    const { code, stdout } = await aws.runThere('doctor');
    const other = await aws.runThere('dlq', 'list');

    expect(code).toBe(1);
    expect(stdout).toMatch(
      new RegExp(`✘ stack: Hookline in \\S+ is ${status} and has no outputs\n {4}${advice}`),
    );
    expect(other.stderr).toMatch(new RegExp(`The stack Hookline in \\S+ is ${status} and has no outputs`));
  });

  it('a check without its permission hides none of the others', async () => {
    const denied = () => {
      throw Object.assign(new Error('not you'), { name: 'AccessDeniedException' });
    };
    await using aws = await cliAws({ ...account({ toolkit: bootstrapped }), GetAccountSettings: denied });

    const { code, stdout } = await aws.runThere('doctor');

    expect(code).toBe(1);
    expect(stdout).toContain('✘ concurrency: could not be checked');
    expect(stdout).toContain('✔ bootstrap');
  });

  it('kept lists what a destroyed stack left, and says that it must be deployed to take that over', async () => {
    const secrets = { [arnOf('old')]: { Name: 'Hookline/stripe', values: ['x'] } };
    const queues = { 'Hookline-SourcestripeWorkQueue9-Z': { messages: ['x'] } };
    await using aws = await keptAws({ secrets, queues }, account({}));

    const { code, stdout } = await aws.runThere('kept');

    expect(code).toBe(0);
    expect(stdout).toContain('The stack Hookline is not deployed.');
    expect(stdout).toContain('To take them over, deploy the stack again first.');
    expect(stdout).toContain('aws sqs delete-queue');
    expect(stdout).not.toContain('adopt');
    expect((await aws.runThere('adopt', 'stripe')).stderr).toContain('pass --stack NAME');
  });
});

describe('on a deployed stack', () => {
  const mapping = (queue: string, MaximumConcurrency?: number) => ({
    EventSourceArn: `arn:aws:sqs:eu-central-1:1:${queue}`,
    ScalingConfig: MaximumConcurrency && { MaximumConcurrency },
  });
  const EventSourceMappings = [
    mapping('Hookline-SourcestripeWorkQueue1-A', 10),
    mapping('Hookline-OutboundDeliveringQueue1-A', 190),
    mapping('Hookline-OutboundPublishingQueue1-A'),
    mapping('Hookline-staging-OutboundDeliveringQueue1-A', 500),
  ];

  it.each([
    [200, '✔'],
    [199, '✘'],
  ])('an account that runs %i functions, with queues that may start 200: %s', async (limit, mark) => {
    const answers = { ...account({ limit }), ListEventSourceMappings: () => ({ EventSourceMappings }) };
    await using aws = await cliAws(answers, { outputs: deployedOutputs });

    const { stdout } = await aws.run('doctor');

    expect(stdout).toContain(
      `${mark} concurrency: ${limit} functions may run at once in this account and region; its 5 queues may start 200`,
    );
  });

  it('a dead-letter queue that does not exist, or may not be counted, hides none of the others', async () => {
    const refused = (name: string) => {
      throw Object.assign(new Error('not this one'), { name });
    };
    const GetQueueAttributes: Answers[string] = ({ QueueUrl }) => {
      const url = String(QueueUrl);
      if (url.endsWith('/publish')) refused('QueueDoesNotExist');
      if (url.endsWith('/delivery')) refused('AccessDenied');
      const held = url.endsWith('/stripe') ? '2' : '0';
      return {
        Attributes: { ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: held },
      };
    };
    await using aws = await cliAws({ GetQueueAttributes }, { outputs: deployedOutputs });

    const { code, stdout } = await aws.run('doctor');

    expect(code).toBe(1);
    expect(stdout).toContain(
      '✘ dead letters of publish: there is no queue publish in this account and region\n',
    );
    expect(stdout).toContain('✘ dead letters of delivery: could not be counted: AWS refused: AccessDenied');
    expect(stdout).toContain('✘ dead letters of stripe: about 2 messages\n');
  });

  it('doctor says which events are lost while a secret is missing', async () => {
    const sources = Object.fromEntries(
      ['stripe', 'github', 'buildkite'].map((provider) => [
        provider,
        { url: 'http://127.0.0.1:4566/api', secretArn: arnOf(provider), provider },
      ]),
    );
    const inbound = { stripe: 'sqs:s', github: 'sqs:g', buildkite: 'sqs:b' };
    const outputs = {
      ...deployedOutputs,
      inbound: { baseUrl: 'http://127.0.0.1:4566/api', sources },
      queues: { ...deployedOutputs.queues, inbound },
    };
    const GetSecretValue = () => {
      throw Object.assign(new Error('none'), { name: 'ResourceNotFoundException' });
    };
    await using aws = await cliAws({ GetSecretValue }, { outputs });

    const { stdout } = await aws.run('doctor');

    expect(stdout).toMatch(
      /✘ secret of github: not set: every request gets a 503; github never sends an event again, so events are lost until then: set the secret before you create the webhook\n {4}npx hookline .*secrets set github\n/,
    );
    expect(stdout).toContain('buildkite may not send every event again: set the secret before');
    expect(stdout).toMatch(/✘ secret of stripe: not set: every request gets a 503\n/);
  });
});

test('the providers that send again are those of docs/providers.md', () => {
  const [, table = ''] = readFileSync('docs/providers.md', 'utf8').split('## When something fails');
  const rows = [
    ...table.matchAll(/^\| `([\w-]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \| [^|]+ \| ([^|]+) \|/gm),
  ];
  expect(rows.length).toBeGreaterThan(70);

  const [, listed = ''] = /\*\*No second attempt([\s\S]+?) Okta,/.exec(table) ?? [];
  const named = new Set(
    [...listed.matchAll(/[A-Za-z.]+/g)].map(([name]) => name.replace('.', '-').toLowerCase()),
  );
  expect(named).toContain('github');

  for (const [, provider = '', , , after5xx = '', howLong = ''] of rows) {
    const isAgain = /^(503.*|once more|again)\b/.test(after5xx) && !/final|if on/.test(after5xx);
    const isOff = /^(off by default|none)/.test(howLong);
    expect(redeliveryOf(provider) === 'again', provider).toBe(isAgain && !isOff && !named.has(provider));
    if (redeliveryOf(provider) === 'never') expect(after5xx, provider).toMatch(/^(final|none|same)/);
  }
});
