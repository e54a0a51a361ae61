import type { SQSClient } from '@aws-sdk/client-sqs';
import { Command } from 'commander';
import * as v from 'valibot';
import { maxReceivesOf } from '../../../cli/dlq/queue.ts';
import { allPages } from '../../../cli/stack/all-pages.ts';
import {
  dayArgument,
  destinationIdArgument,
  endpointIdArgument,
  instantArgument,
  jsonArgument,
  nonNegativeNumber,
  positiveNumber,
  tenantArgument,
} from '../../../cli/terminal/parse-arguments.ts';
import { parseJson } from '../../../lambdas/domain/json.ts';
import { catalogue } from '../../../lambdas/domain/provider/catalogue.ts';
import { factsFrom, outputNames } from '../../../lib/outputs.ts';
import { plainText } from '../../../local/plain-text.ts';
import { withType } from '../../../testing/samples/with-type.ts';
import type { Wall } from '../../support/hostile/wall.ts';

const parsers = [
  dayArgument,
  destinationIdArgument,
  endpointIdArgument,
  instantArgument,
  jsonArgument,
  nonNegativeNumber,
  positiveNumber,
  tenantArgument,
];

const argument: Wall = {
  name: 'an argument of the command line',
  files: ['cli/terminal/parse-arguments.ts'],
  valid: [{ a: 1 }],
  async feed(text) {
    for (const parse of parsers) {
      const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
      program.argument('<value>', '', parse).action(() => undefined);
      try {
        await program.parseAsync(['--', text], { from: 'user' });
      } catch (error) {
        // Commander repeats the argument, and the tool prints it as plain text.
        if (!(error instanceof Error && 'exitCode' in error)) throw error;
        plainText(error.message);
      }
    }
  },
};

const endpointPage = { data: [{ id: 'ep_1' }], nextCursor: '' };
const apiResponse: Wall = {
  name: 'a response of the management API',
  files: ['cli/stack/all-pages.ts', 'cli/stack/management-client.ts'],
  valid: [endpointPage],
  throws: ['RefusedError'],
  async feed(text) {
    const body = parseJson(text);
    const pages = [body, { data: [] }];
    const call = async () => ({ status: 200, body: pages.shift() ?? { data: [] }, etag: undefined });
    await allPages(call, { method: 'GET', path: '/v1/a' }, v.object({ id: v.string() }));
  },
};

/** CloudFormation returns the outputs of any stack that the caller names. */
const stackOutput: Wall = {
  name: 'the outputs of a stack',
  files: ['lib/outputs.ts'],
  valid: [{ name: 'stripe', provider: 'stripe', url: 'u', secretArn: 'a', queueUrl: 'q', dlqUrl: 'd' }],
  throws: ['StackOutputError'],
  feed: (text) =>
    factsFrom({ ...Object.fromEntries(outputNames.map((name) => [name, text])), SourceStripe: text }),
};

const policy: Wall = {
  name: 'the redrive policy of a queue',
  files: ['cli/dlq/queue.ts'],
  valid: [{ maxReceiveCount: 5, deadLetterTargetArn: 'a' }],
  async feed(text) {
    const client: unknown = { send: async () => ({ Attributes: { RedrivePolicy: text } }) };
    const count = await maxReceivesOf(client as SQSClient, 'q');
    if (count !== undefined && !Number.isSafeInteger(count)) throw new Error(`a count of ${count}`);
  },
};

const sample: Wall = {
  name: 'a body to send',
  files: ['testing/samples/with-type.ts'],
  valid: [{ id: 'evt_1', type: 'a.b' }],
  feed(_text, bytes) {
    const draft = { method: 'POST', url: 'https://a.example/', headers: {}, body: bytes };
    withType(draft, catalogue.stripe, 'c.d');
    withType(
      { ...draft, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      catalogue.slack,
      'c.d',
    );
  },
};

export const cliWalls: readonly Wall[] = [argument, apiResponse, stackOutput, policy, sample];
