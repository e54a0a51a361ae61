import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { vi } from 'vitest';
import type { LocalOutputs } from '../../../local/outputs.ts';
import type { managementWorld } from '../worlds/management-world.ts';
import { localOutputs } from './outputs.ts';
import { runCli } from './run-cli.ts';

type Input = Readonly<Record<string, unknown>>;

/** The responses of an AWS, by operation. Others get `{}`; one that throws is refused under the error's name. */
export type Answers = Readonly<Record<string, (input: Input, url: string) => unknown>>;

interface Asked {
  readonly operation: string;
  readonly input: Input;
}

/** Further resources. */
interface Beside {
  /** The management API; without it every request is answered 404. */
  readonly api?: ReturnType<typeof managementWorld>['call'];
  readonly outputs?: LocalOutputs;
}

const accessDenied = '<Error><Code>AccessDenied</Code><Message>not allowed</Message></Error>';

/** Lambda distinguishes its operations by path. */
const lambdaPaths: Readonly<Record<string, string>> = {
  GetAccountSettings: '/2016-08-19/account-settings',
  ListEventSourceMappings: '/2015-03-31/event-source-mappings',
};

const errorXml = (error: unknown): string => {
  const { __type, message } = Object(error);
  return `<ErrorResponse><Error><Type>Sender</Type><Code>${__type}</Code><Message>${message}</Message></Error></ErrorResponse>`;
};

/** An AWS for the command line tool: a server in place of the laptop's. Its buckets cannot be read. */
export async function cliAws(answers: Answers = {}, { api, outputs = localOutputs }: Beside = {}) {
  const stateDir = mkdtempSync(join(tmpdir(), 'hookline-'));
  const asked: Asked[] = [];

  const answerTo = async (operation: string, input: Input): Promise<{ status: number; body: unknown }> => {
    asked.push({ operation, input });
    try {
      return { status: 200, body: (await answers[operation]?.(input, base())) ?? {} };
    } catch (error) {
      const { name, message } = error as Error;
      return { status: 400, body: { __type: name, message } };
    }
  };

  /** Of CloudFormation, whose requests are forms, and of Lambda. */
  async function otherAnswer(pathname: string, body: string, query: URLSearchParams) {
    const form = new URLSearchParams(body);
    const action = form.get('Action');
    if (action) {
      const { status, body: xml } = await answerTo(action, Object.fromEntries(form));
      return { status, text: status === 200 ? String(xml) : errorXml(xml) };
    }
    const operation = Object.keys(lambdaPaths).find((name) => pathname.startsWith(lambdaPaths[name] ?? '-'));
    if (operation === undefined) return undefined;
    const { status, body: json } = await answerTo(operation, Object.fromEntries(query));
    return { status, text: JSON.stringify(json) };
  }

  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    const body = await text(request);
    const target = String(headers['x-amz-target'] ?? '')
      .split('.')
      .at(-1);
    const { pathname, searchParams } = new URL(url, base());
    if (target) {
      const answer = await answerTo(target, JSON.parse(body));
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      return response.writeHead(answer.status).end(JSON.stringify(answer.body));
    }
    const other = await otherAnswer(pathname, body, searchParams);
    if (other) return response.writeHead(other.status).end(other.text);
    if (pathname.startsWith('/payloads/')) return response.writeHead(403).end(accessDenied);
    const ifMatch = headers['if-match'];
    const query = Object.fromEntries(searchParams);
    const answer = await api?.(method, pathname.replace('/management', ''), undefined, {
      body,
      ifMatch,
      query,
    });
    if (answer?.etag) response.setHeader('etag', answer.etag);
    response.writeHead(answer?.status ?? 404).end(answer?.body && JSON.stringify(answer.body));
  });
  const base = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const placed = JSON.stringify(outputs).replaceAll(outputs.awsEndpoint, base());
  writeFileSync(join(stateDir, 'outputs.json'), placed.replace(/"(sqs|dlq):/g, `"${base()}/$1/`));

  const stop = () => {
    server.closeAllConnections();
    server.close();
  };

  return {
    /** The inputs of one operation, in order. */
    inputsOf: (operation: string) =>
      asked.filter((one) => one.operation === operation).map(({ input }) => input),
    run: (...args: readonly string[]) => runCli('--state-dir', stateDir, '--local', ...args),
    /** An AWS that the environment names; CloudFormation responds in XML. */
    runThere: (...args: readonly string[]) => {
      vi.stubEnv('AWS_ENDPOINT_URL', base());
      vi.stubEnv('AWS_ACCESS_KEY_ID', 'a');
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'b');
      vi.stubEnv('AWS_REGION', 'eu-central-1');
      return runCli('--state-dir', stateDir, ...args).finally(() => vi.unstubAllEnvs());
    },
    /** A local AWS that was killed: its outputs file still exists. */
    stop,
    async [Symbol.asyncDispose]() {
      stop();
      rmSync(stateDir, { recursive: true });
    },
  };
}

const md5 = (body: string): string => createHash('md5').update(body).digest('hex');

/** A message as SQS returns it, with its checksum. */
export const sqsMessage = (Body: string, more: object = {}) => ({
  MessageId: md5(Body),
  ReceiptHandle: Body,
  Body,
  MD5OfBody: md5(Body),
  ...more,
});

/** SQS's response to a batch that it accepts completely. */
export const takenBatch = ({ Entries }: Input) => ({
  Successful: (Entries as { Id: string; MessageBody: string }[]).map(({ Id, MessageBody }) => ({
    Id,
    MessageId: Id,
    MD5OfMessageBody: md5(MessageBody),
  })),
});
