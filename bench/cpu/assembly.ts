import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { WebhookStack } from '../../lib/webhook-stack.ts';
import { account, region } from '../../local/endpoint.ts';
import { quickApp, shippedHandlers, threeSources } from '../../test/lib/support/synth.ts';
import type { TableShape } from '../../testing/memory/dynamodb/table-shape.ts';

/** The functions whose processor time is measured, by the name of their bundles. */
const measured = ['receive', 'consume', 'publish', 'deliver'] as const;
export type FunctionName = (typeof measured)[number];

/** A function of an assembly. */
export interface BuiltFunction {
  readonly name: FunctionName;
  /** The folder of its bundle. */
  readonly directory: string;
  readonly timeoutSeconds: number;
  /** Its variables; a queue's URL begins with `queueHost`. */
  readonly variables: Readonly<Record<string, string>>;
  /** Where its messages come from; undefined for the one that answers HTTP. */
  readonly source?: { readonly queue: string; readonly batchSize: number };
}

/** What a stack deploys, as far as the bench plays it. */
export interface Assembly {
  readonly tables: Readonly<Record<string, TableShape>>;
  /** The visibility timeout of each queue, in seconds. */
  readonly queues: Readonly<Record<string, number>>;
  readonly functions: Readonly<Record<FunctionName, BuiltFunction>>;
}

/** Stands for the server in the URLs of queues. */
export const queueHost = 'http://queues';

const Resource = v.object({
  Type: v.string(),
  Properties: v.optional(v.record(v.string(), v.unknown()), {}),
});
type Resource = v.InferOutput<typeof Resource>;
const Template = v.object({ Resources: v.record(v.string(), Resource) });
const Manifest = v.object({
  files: v.record(v.string(), v.object({ source: v.object({ path: v.optional(v.string(), '') }) })),
});
const Keys = v.array(v.object({ AttributeName: v.string(), KeyType: v.picklist(['HASH', 'RANGE']) }));
const Table = v.object({
  KeySchema: Keys,
  AttributeDefinitions: v.array(v.object({ AttributeName: v.string(), AttributeType: v.string() })),
  GlobalSecondaryIndexes: v.optional(v.array(v.object({ IndexName: v.string(), KeySchema: Keys })), []),
});
const Lambda = v.object({
  Handler: v.string(),
  Timeout: v.number(),
  Code: v.object({ S3Key: v.string() }),
  Environment: v.object({ Variables: v.record(v.string(), v.unknown()) }),
});
const Mapping = v.object({
  FunctionName: v.object({ Ref: v.string() }),
  EventSourceArn: v.object({ 'Fn::GetAtt': v.tuple([v.string(), v.string()]) }),
  BatchSize: v.number(),
});
const Intrinsic = v.union([
  v.object({ Ref: v.string() }),
  v.object({ 'Fn::GetAtt': v.tuple([v.string(), v.string()]) }),
  v.object({ 'Fn::Join': v.tuple([v.string(), v.array(v.unknown())]) }),
  v.object({ 'Fn::Select': v.tuple([v.number(), v.unknown()]) }),
  v.object({ 'Fn::Split': v.tuple([v.string(), v.unknown()]) }),
]);

/** Synthesises this version's app, whose endpoints may be on loopback, as for the local AWS. */
export function ownAssembly(): Assembly {
  const app = quickApp({ 'hookline:localEndpoints': 'true' });
  new WebhookStack(app, 'Hookline', {
    env: { account, region },
    sources: threeSources,
    handlersRegistry: shippedHandlers,
  });
  return assemblyIn(app.synth().directory);
}

/**
 * Reads a cloud assembly that `cdk synth -c hookline:localEndpoints=true` wrote for the account 000000000000, of this version or
 * another one.
 *
 * @throws when the folder has none, or its template has no source `stripe`
 */
export function assemblyIn(folder: string): Assembly {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const { Resources } = v.parse(Template, read('Hookline.template.json'));
  const { files } = v.parse(Manifest, read('Hookline.assets.json'));
  const all = Object.entries(Resources);
  const ofType = (type: string) => all.filter(([, { Type }]) => Type === type);
  const directoryOf = (hash: string) => resolve(folder, files[hash]?.source.path ?? '');
  const mappings = ofType('AWS::Lambda::EventSourceMapping').map(([, one]) =>
    v.parse(Mapping, one.Properties),
  );
  const functions = ofType('AWS::Lambda::Function').flatMap(([id, { Properties }]): BuiltFunction[] => {
    const name = measured.find((one) => Properties['Handler'] === `${one}.handler`);
    if (name === undefined || (/^Source/.test(id) && !/^Sourcestripe/i.test(id))) return [];
    const { Timeout, Code, Environment } = v.parse(Lambda, Properties);
    const mapping = mappings.find(({ FunctionName }) => FunctionName.Ref === id);
    return [
      {
        name,
        directory: directoryOf(Code.S3Key.replace('.zip', '')),
        timeoutSeconds: Timeout,
        variables: variablesOf(Environment.Variables, Resources),
        ...(mapping && {
          source: { queue: mapping.EventSourceArn['Fn::GetAtt'][0], batchSize: mapping.BatchSize },
        }),
      },
    ];
  });
  return {
    tables: Object.fromEntries(
      ofType('AWS::DynamoDB::GlobalTable').map(([id, table]) => [id, shapeOf(table)]),
    ),
    queues: Object.fromEntries(
      ofType('AWS::SQS::Queue').map(([id, { Properties }]) => [
        id,
        Number(Properties['VisibilityTimeout'] ?? 30),
      ]),
    ),
    functions: allFunctions(functions, folder),
  };
}

function allFunctions(
  found: readonly BuiltFunction[],
  folder: string,
): Readonly<Record<FunctionName, BuiltFunction>> {
  const of = (name: FunctionName): BuiltFunction => {
    const built = found.find((one) => one.name === name);
    if (built === undefined) throw new Error(`${folder} has no function ${name} (of the source stripe)`);
    return built;
  };
  return {
    receive: of('receive'),
    consume: of('consume'),
    publish: of('publish'),
    deliver: of('deliver'),
  };
}

function shapeOf({ Properties }: Resource): TableShape {
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes } = v.parse(Table, Properties);
  const nameOf = (keys: v.InferOutput<typeof Keys>, type: 'HASH' | 'RANGE') =>
    keys.find(({ KeyType }) => KeyType === type)?.AttributeName ?? '';
  const isText = (name: string) =>
    AttributeDefinitions.some(
      ({ AttributeName, AttributeType }) => AttributeName === name && AttributeType === 'S',
    );
  const indexes = GlobalSecondaryIndexes.map(({ IndexName, KeySchema: keys }) => ({
    name: IndexName,
    partitionKey: nameOf(keys, 'HASH'),
    sortKey: nameOf(keys, 'RANGE'),
    ...(isText(nameOf(keys, 'RANGE')) && { sortType: 'string' as const }),
  }));
  const isSorted = KeySchema.length > 1;
  return { ...(isSorted && { partitionKey: nameOf(KeySchema, 'HASH') }), indexes };
}

function variablesOf(
  variables: Readonly<Record<string, unknown>>,
  resources: Readonly<Record<string, Resource>>,
): Record<string, string> {
  const resolved = Object.entries(variables).map(([name, value]) => [name, valueIn(value, resources)]);
  return Object.fromEntries(resolved);
}

/** The value of a template's text or intrinsic function; a resource is known by its logical id. */
function valueIn(value: unknown, resources: Readonly<Record<string, Resource>>): string {
  const found = v.safeParse(Intrinsic, value);
  if (!found.success) return String(value);
  const intrinsic = found.output;
  if ('Ref' in intrinsic) return referenceTo(intrinsic.Ref, resources[intrinsic.Ref]?.Type);
  if ('Fn::GetAtt' in intrinsic) return intrinsic['Fn::GetAtt'][0];
  if ('Fn::Join' in intrinsic) {
    const [separator, parts] = intrinsic['Fn::Join'];
    return parts.map((part) => valueIn(part, resources)).join(separator);
  }
  if ('Fn::Split' in intrinsic) return valueIn(intrinsic['Fn::Split'][1], resources);
  const [nth, list] = intrinsic['Fn::Select'];
  const split = v.safeParse(v.object({ 'Fn::Split': v.tuple([v.string(), v.unknown()]) }), list);
  if (!split.success) return '';
  const [separator, text] = split.output['Fn::Split'];
  return valueIn(text, resources).split(separator)[nth] ?? '';
}

function referenceTo(id: string, type: string | undefined): string {
  switch (type) {
    case 'AWS::SQS::Queue':
      return `${queueHost}/${account}/${id}`;
    case 'AWS::SecretsManager::Secret':
      return `arn:aws:secretsmanager:${region}:${account}:secret:${id}`;
    case 'AWS::SNS::Topic':
      return `arn:aws:sns:${region}:${account}:${id}`;
    default:
      return id;
  }
}
