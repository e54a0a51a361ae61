import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openPublication } from '../../lambdas/domain/publish-message.ts';
import { run } from '../../local/processes.ts';
import { projectRoot } from '../../local/project-root.ts';
import { scratchDirectory } from '../local/support/fresh-directory.ts';
import { type AwsCall, startAws } from '../support/worlds/aws-server.ts';

const folder = join(projectRoot, 'docs/publishing');
const at = (name: string): string => join(folder, name);
const directory = scratchDirectory();
const goEnv = { GOFLAGS: '-mod=mod', GOPROXY: 'off', GONOSUMDB: '*', GOTOOLCHAIN: 'local' };
const works = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { cwd: directory, env: { ...process.env, ...goEnv }, stdio: 'ignore' }).status ===
  0;

const python = [join(projectRoot, '.local/venv/bin/python3'), 'python3'].find((each) =>
  works(each, '-c', 'import boto3'),
);
const inPython = `import json, sys
sys.path.insert(0, ${JSON.stringify(folder)})
import publish
publish.publish(sys.argv[1], json.loads(sys.argv[2]))`;
const inNode = `import { publish } from ${JSON.stringify(pathToFileURL(at('publish.mjs')).href)};
await publish(process.argv[1], JSON.parse(process.argv[2]));`;
// The first version of the AWS CLI has a host name of its own for SQS, before any from the environment.
const inBash = `aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }
export -f aws
${JSON.stringify(at('publish.sh'))} "$1" <<<"$2"`;
const inRuby = 'load ARGV[0]; publish(ARGV[1], JSON.parse(ARGV[2]))';

/** Builds the Go snippet with the modules that this machine has. @returns undefined when they are not here */
function goProgram(): readonly string[] | undefined {
  mkdirSync(join(directory, 'publish'), { recursive: true });
  copyFileSync(at('publish.go'), join(directory, 'publish/publish.go'));
  writeFileSync(
    join(directory, 'go.mod'),
    `module snippets
go 1.24
require (
	github.com/aws/aws-sdk-go-v2 v1.48.0
	github.com/aws/aws-sdk-go-v2/config v1.33.18
	github.com/aws/aws-sdk-go-v2/service/sqs v1.53.0
)
`,
  );
  writeFileSync(
    join(directory, 'main.go'),
    `package main
import (
	"context"
	"encoding/json"
	"log"
	"os"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"snippets/publish"
)
func main() {
	aws, err := config.LoadDefaultConfig(context.Background())
	var events []map[string]any
	if err == nil { err = json.Unmarshal([]byte(os.Args[2]), &events) }
	if err == nil { err = publish.Publish(context.Background(), sqs.NewFromConfig(aws), os.Args[1], events) }
	if err != nil { log.Fatal(err) }
}
`,
  );
  return works('go', 'build', '-o', 'program', '.') ? [join(directory, 'program')] : undefined;
}

/** The command that publishes the events of its last argument; undefined when its tools are not here. */
const commands: Readonly<Record<string, readonly string[] | undefined>> = {
  'publish.mjs': [process.execPath, '--input-type=module', '-e', inNode],
  'publish.py': python === undefined ? undefined : [python, '-c', inPython],
  'publish.sh':
    works('aws', '--version') && works('jq', '--version') ? ['bash', '-c', inBash, 'publish'] : undefined,
  'publish.go': goProgram(),
  'publish.rb': works('ruby', '-e', "require 'aws-sdk-sqs'")
    ? ['ruby', '-e', inRuby, at('publish.rb')]
    : undefined,
  'publish.php': undefined,
  'Publish.java': undefined,
  'Publish.cs': undefined,
};

const events = Array.from({ length: 3 }, (_, n) => ({
  id: `inv-${n}`,
  type: 'invoice.paid',
  tenant: 'acme',
  data: { text: `ü "${n}"` },
}));
interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
}
const entriesOf = ({ input }: AwsCall): readonly Entry[] => (input as { Entries: Entry[] }).Entries;
const idsOf = (call: AwsCall): string[] =>
  entriesOf(call).map(({ MessageBody }) => JSON.parse(MessageBody).id);

const accepted = ({ Id, MessageBody }: Entry) => ({
  Id,
  MessageId: `m-${Id}`,
  MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
});

/** Answers a call: the ids that are refused for now, or for good, and all others accepted. */
function answerTo(call: AwsCall, later: readonly string[], never: readonly string[] = []) {
  const idOf = ({ MessageBody }: Entry): string => JSON.parse(MessageBody).id;
  const Successful = entriesOf(call).filter((entry) => ![...later, ...never].includes(idOf(entry)));
  const failed = (entry: Entry, SenderFault: boolean) => ({
    Id: entry.Id,
    Code: SenderFault ? 'InvalidMessageContents' : 'InternalError',
    Message: 'said by the test',
    SenderFault,
  });
  const Failed = entriesOf(call).flatMap((entry) => {
    if (never.includes(idOf(entry))) return [failed(entry, true)];
    return later.includes(idOf(entry)) ? [failed(entry, false)] : [];
  });
  return { body: { Successful: Successful.map(accepted), Failed } };
}

async function publishWith(
  command: readonly string[],
  answer: (call: AwsCall, nth: number) => object | undefined,
) {
  let calls = 0;
  const aws = await startAws((call) => {
    const made = answer(call, ++calls);
    return made === undefined ? { status: 500, body: {} } : { body: {}, ...made };
  });
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'eu-central-1',
    AWS_DEFAULT_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL: aws.url,
    AWS_ENDPOINT_URL_SQS: aws.url,
    NO_PROXY: '127.0.0.1',
  };
  const [program = '', ...args] = command;
  const queueUrl = `${aws.url}/111122223333/publish`;
  const { code, output } = await run(program, [...args, queueUrl, JSON.stringify(events)], { env });
  aws.stop();
  return { code, output, calls: aws.calls };
}

const names = readdirSync(folder).filter((name) => /^publish\.(?!go\.)/i.test(name));

it('each snippet has a test, or a reason why not', () => {
  expect(names.sort()).toEqual(Object.keys(commands).sort());
});

describe.each(names)('%s', (name) => {
  const command = commands[name];

  it('has at most 30 lines, beside imports and comments', () => {
    const text = readFileSync(at(name), 'utf8').replace(
      /^import \([\s\S]*?^\)$|\/\*\*[\s\S]*?\*\/|^""".*"""$/gm,
      '',
    );
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    const code = lines.filter(
      (line) => !/^\s*(\/\/|#|<\?php)|^(import|using|use|from|require|package)\b/.test(line),
    );

    expect(code.length).toBeLessThanOrEqual(30);
  });

  if (command === undefined)
    return it.skip('is not run: its tools and its AWS SDK are not on this machine', () => undefined);

  it('publishes all events, as the stack understands them', async () => {
    const { code, output, calls } = await publishWith(command, (call) => answerTo(call, []));

    expect({ code, output }).toEqual({ code: 0, output: '' });
    expect(calls.map(idsOf)).toEqual([['inv-0', 'inv-1', 'inv-2']]);
    const opened = calls
      .flatMap(entriesOf)
      .map(({ MessageBody }) => openPublication({ text: MessageBody, messageId: 'm' }));
    expect(opened).toMatchObject(events.map(({ id, data }) => ({ publication: { id, data } })));
  });

  it('sends those again that failed, under the same ids', async () => {
    const { code, calls } = await publishWith(command, (call, nth) =>
      answerTo(call, nth === 1 ? ['inv-0', 'inv-2'] : nth === 2 ? ['inv-2'] : []),
    );

    expect(code).toBe(0);
    expect(calls.map(idsOf)).toEqual([['inv-0', 'inv-1', 'inv-2'], ['inv-0', 'inv-2'], ['inv-2']]);
  });

  it('stops at an event that SQS refuses for good, and names it', async () => {
    const { code, output, calls } = await publishWith(command, (call) => answerTo(call, [], ['inv-1']));

    expect(code).not.toBe(0);
    expect(output).toMatch(name === 'publish.sh' ? /event 1: InvalidMessageContents/ : /inv-1/);
    expect(calls).toHaveLength(1);
  });

  it('repeats a call that failed as a whole', async () => {
    const { code, calls } = await publishWith(command, (call, nth) =>
      nth === 1 ? undefined : answerTo(call, []),
    );

    expect(code).toBe(0);
    expect(calls.map(idsOf)).toEqual([idsOf(calls[0] as AwsCall), ['inv-0', 'inv-1', 'inv-2']]);
  });
});
