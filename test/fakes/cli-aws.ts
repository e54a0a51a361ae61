import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { LocalOutputs } from '../../local/outputs.ts';
import { localOutputs } from '../bin/outputs.ts';
import { runCli } from './cli.ts';
import type { managementWorld } from './management-world.ts';

type Input = Readonly<Record<string, unknown>>;

/** What an AWS answers, by operation; what is not named answers `{}`, what throws is refused under the error's name. */
export type Answers = Readonly<Record<string, (input: Input, url: string) => unknown>>;

interface Asked {
  readonly operation: string;
  readonly input: Input;
}

/** What is there beside it. */
interface Beside {
  /** The management API; without it every request is answered 404. */
  readonly api?: ReturnType<typeof managementWorld>['call'];
  readonly outputs?: LocalOutputs;
}

const accessDenied = '<Error><Code>AccessDenied</Code><Message>not allowed</Message></Error>';

/** An AWS for the command line tool: a server that stands where the laptop's would. Its buckets nobody may read. */
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
    /** As a laptop's that was killed: its outputs are still there. */
    stop,
    async [Symbol.asyncDispose]() {
      stop();
      rmSync(stateDir, { recursive: true });
    },
  };
}

const md5 = (body: string): string => createHash('md5').update(body).digest('hex');

/** A message as SQS gives it: with its checksum. */
export const sqsMessage = (Body: string, more: object = {}) => ({
  ...{ MessageId: md5(Body), ReceiptHandle: Body, Body, MD5OfBody: md5(Body) },
  ...more,
});

/** What SQS answers to a batch that it takes whole. */
export const takenBatch = ({ Entries }: Input) => ({
  Successful: (Entries as { Id: string; MessageBody: string }[]).map(({ Id, MessageBody }) => ({
    ...{ Id, MessageId: Id, MD5OfMessageBody: md5(MessageBody) },
  })),
});
