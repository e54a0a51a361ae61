import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { walls } from './walls/walls.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const sources = globSync('{lambdas,cli,lib,client,bin}/**/*.ts', { cwd: root });

/** Calls that make values of foreign texts, bytes or objects. */
const parsers =
  /\b(?:v\.(?:parse|safeParse|is)|JSON\.parse|parse(?:Json|JsonBody|Exactly|Message|Multipart|Item|Response)|itemParser|decodeURIComponent|readUrl|readHead|checked|new X509Certificate|createPublicKey|createPrivateKey)\(/;

/** Folders and files that other fuzz tests cover, and which. */
const coveredElsewhere: Readonly<Record<string, string>> = {
  'lambdas/domain/provider/providers/': 'test/fuzz/receive-corpus.test.ts',
  'lambdas/management/operations/': 'test/fuzz/management-requests.test.ts',
  'lambdas/outbound/publish/publish-to-tenant.ts': 'test/fuzz/batches.test.ts',
  'lambdas/inbound/copy-to-tap.ts': 'test/fuzz/lambda-events.test.ts',
  'lambdas/adapters/schema/payload-schema.ts': 'test/fuzz/corpus.test.ts',
};

/** Files that parse nothing foreign, or whose input is always the person's own who sees the error; and why. */
const trusted: Readonly<Record<string, string>> = {
  'cli/stack/parse-response.ts': 'is fed through cli/stack/all-pages.ts',
  'lambdas/adapters/dynamodb/parse-item.ts': 'is fed through every kind of item',
  ...Object.fromEntries(
    ['deliveries/due', 'deliveries/endpoint-index', 'deliveries/by-endpoint', 'endpoints/attention'].map(
      (name) => [
        `lambdas/adapters/dynamodb/${name}.ts`,
        'reads keys of an index, whose types DynamoDB enforces',
      ],
    ),
  ),
  'lambdas/adapters/dynamodb/endpoints/store.ts': 'reads keys of an index, whose types DynamoDB enforces',
  'lambdas/adapters/dynamodb/endpoints/reads.ts': 'reads keys of the table, whose types DynamoDB enforces',
  'lambdas/adapters/dynamodb/inbound-events/kept.ts': 'reads keys of an index, whose types DynamoDB enforces',
  'cli/doctor/unfinished.ts': 'parses items as lambdas/adapters/dynamodb/parse-item.ts does',
  'cli/explain/mistakes.ts': 'asks only whether a text is JSON',
  'cli/explain/custom-signature-parts.ts': 'shows a person what their own request signs',
  'cli/send/send-request.ts': 'signs a person’s own request with their own key',
  'testing/signing/custom-signers.ts': 'signs a person’s own request',
  'cli/commands/init.ts': 'parses a person’s own argument, and says what is wrong with it',
  'cli/init/app-folder.ts': 'parses the files of a person’s own app, and says what is wrong with them',
  'cli/init/existing-app.ts': 'writes package.json again, which cli/init/app-folder.ts has parsed',
  'cli/commands/publish.ts': 'parses a person’s own argument, and says what is wrong with it',
  'cli/commands/filter-test.ts': 'parses a person’s own file, and says what is wrong with it',
  'cli/commands/endpoints.ts': 'parses responses as cli/stack/parse-response.ts does',
  'cli/commands/recover.ts': 'parses responses as cli/stack/parse-response.ts does',
  'lambdas/adapters/telemetry/mapped-stack.ts': 'reads the source maps of its own bundle, and never throws',
  'lambdas/domain/handler.ts': 'uses the schema of the team’s own handler',
  'lambdas/adapters/targets/load-targets.ts': 'reads the environment that the deployment wrote',
  'lib/parts/function-build.ts': 'reads the output of our own build',
  'lib/parts/node-lambda.ts': 'reads the template that it makes',
  'lib/stack-checks.ts': 'reads the template that it makes',
};

const isCovered = (file: string): boolean =>
  walls.some(({ files }) => files.includes(file)) ||
  Object.keys(coveredElsewhere).some((prefix) => file.startsWith(prefix)) ||
  Object.hasOwn(trusted, file);

it('every file that parses foreign input is in a wall that the corpus is fed to', () => {
  const uncovered = sources.filter((file) => parsers.test(read(file)) && !isCovered(file));

  expect(uncovered).toEqual([]);
});

it('every entry point of a function gets malformed events', () => {
  const entries = sources.filter((file) => file.endsWith('.lambda.ts'));
  const test = read('test/fuzz/lambda-events.test.ts');
  const names = entries.map((file) => file.replace(/^lambdas\/(.*)\.lambda\.ts$/, '$1'));

  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name) => !test.includes(`'${name}'`))).toEqual([]);
});

it('every parser of a table’s items gets malformed items', () => {
  const files = sources.filter(
    (file) => file.startsWith('lambdas/adapters/dynamodb/') && /itemParser\(/.test(read(file)),
  );
  const covered = walls.filter(({ name }) => name.startsWith('an item')).flatMap((wall) => wall.files);

  expect(files.length).toBeGreaterThan(5);
  expect(files.filter((file) => !covered.includes(file))).toEqual([]);
});

it('walls name files that exist and parse something', () => {
  const named = [...new Set([...walls.flatMap(({ files }) => files), ...Object.keys(trusted)])];

  expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  expect(Object.keys(coveredElsewhere).filter((file) => !existsSync(join(root, file)))).toEqual([]);
  expect(Object.keys(trusted).filter((file) => !parsers.test(read(file)))).toEqual([]);
});
