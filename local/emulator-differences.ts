import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { account, region } from './endpoint.ts';

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

/** The parts of a CloudFormation template that the rules read. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: unknown;
}

/** One difference between the emulator and AWS, and the change of the template that makes up for it. */
interface Difference {
  readonly name: string;
  readonly reason: string;
  readonly apply: (template: Template) => Template;
}

/** All known differences. Anything else that the emulator refuses stops the start with the emulator's own message. */
export const differences: readonly Difference[] = [
  {
    name: 'secret-ref-is-its-arn',
    reason:
      'Ref of a secret gives its name instead of its ARN, so a grant on it would be a grant on nothing.',
    apply: (template) => {
      const secrets = logicalIds(template, (resource) => resource.Type === 'AWS::SecretsManager::Secret');
      return rewrite(template, (node) => {
        const id = refTarget(node);
        return id !== undefined && secrets.has(id) ? { 'Fn::GetAtt': [id, 'Id'] } : undefined;
      });
    },
  },
  {
    name: 'no-punctuation-is-meant',
    reason: 'ExcludePunctuation of a generated secret is ignored, and a key with punctuation is not base64.',
    apply: (template) => rewrite(template, withoutPunctuation),
  },
  {
    name: 'sqs-batch-actions',
    reason: 'A batch call needs a separate action; on AWS the permission for the single call covers it.',
    apply: (template) => rewrite(template, withBatchActions),
  },
  {
    name: 'vpc-range-is-its-property',
    reason: 'A VPC has no attribute CidrBlock; on AWS it is the range that the template gives.',
    apply: (template) =>
      rewrite(template, (node) => {
        const [id = '', attribute] = getAttTarget(node);
        const { Type, Properties } = template.Resources[id] ?? {};
        return Type === 'AWS::EC2::VPC' && attribute === 'CidrBlock' ? Properties?.['CidrBlock'] : undefined;
      }),
  },
  {
    name: 'few-workers',
    reason:
      'Each function that runs at once is a process of about 75 MB; a burst on a laptop must not take it all.',
    apply: (template) => rewrite(template, withFewWorkers),
  },
  {
    name: 'no-metric-math-alarms',
    reason:
      'Alarms on an expression over metrics are refused; most of what they watch on AWS is not measured here anyway.',
    apply: (template) =>
      leaveOut(
        template,
        ({ Type, Properties }) => Type === 'AWS::CloudWatch::Alarm' && Properties?.['Metrics'] !== undefined,
      ),
  },
  {
    name: 'no-composite-alarms',
    reason: 'AWS::CloudWatch::CompositeAlarm is not known.',
    apply: (template) => leaveOut(template, ({ Type }) => Type === 'AWS::CloudWatch::CompositeAlarm'),
  },
];

/** Returns the template for the emulator. Pure. */
export const forEmulator = (template: Template): Template =>
  differences.reduce((current, difference) => difference.apply(current), template);

/** Applies the rules to every template of a cloud assembly, in place. */
export function adaptAssembly(assembly: string): void {
  for (const file of templateFiles(assembly)) {
    writeFileSync(file, JSON.stringify(forEmulator(readTemplate(file)), undefined, 1));
  }
}

/** All resources of an assembly, over its stacks; empty when there is no assembly yet. */
export function readAssembly(assembly: string): Template {
  const stacks = templateFiles(assembly).map(readTemplate);
  return { Resources: Object.assign({}, ...stacks.map((stack) => stack.Resources)) };
}

/** Alarms of every kind. */
export const countAlarms = ({ Resources }: Template): number =>
  Object.values(Resources).filter(({ Type }) => /^AWS::CloudWatch::(?:Composite)?Alarm$/.test(Type)).length;

const readTemplate = (file: string): Template => JSON.parse(readFileSync(file, 'utf8'));

function templateFiles(assembly: string): string[] {
  const names = existsSync(assembly) ? readdirSync(assembly) : [];
  return names.filter((name) => name.endsWith('.template.json')).map((name) => join(assembly, name));
}

function logicalIds(template: Template, matches: (resource: Resource) => boolean): ReadonlySet<string> {
  const entries = Object.entries(template.Resources ?? {});
  return new Set(entries.filter(([, resource]) => matches(resource)).map(([id]) => id));
}

/** Removes resources; a name replaces each reference to them. */
function leaveOut(template: Template, matches: (resource: Resource) => boolean): Template {
  const gone = logicalIds(template, matches);
  if (gone.size === 0) return template;
  const kept = Object.entries(template.Resources).filter(([id]) => !gone.has(id));
  const resources = kept.map(([id, resource]) => [id, withoutDependencies(resource, gone)]);
  return rewrite({ ...template, Resources: Object.fromEntries(resources) }, (node) => {
    const id = refTarget(node);
    if (id !== undefined && gone.has(id)) return id;
    const [owner] = getAttTarget(node);
    return owner !== undefined && gone.has(owner)
      ? `arn:aws:cloudwatch:${region}:${account}:alarm:${owner}`
      : undefined;
  });
}

function withoutDependencies(resource: Resource, gone: ReadonlySet<string>): Resource {
  if (resource.DependsOn === undefined) return resource;
  return { ...resource, DependsOn: [resource.DependsOn].flat().filter((id) => !gone.has(id)) };
}

/** Replaces every node for which `replacement` returns another one, top down. */
function rewrite<T>(node: T, replacement: (node: object) => unknown): T {
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    const other = replacement(value);
    if (other !== undefined) return other;
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, walk(child)]));
  };
  return walk(node) as T;
}

const mostWorkers = 5;

/** Lowers the concurrency limit of an event source mapping. */
function withFewWorkers(node: object): object | undefined {
  if (!('MaximumConcurrency' in node)) return undefined;
  return { ...node, MaximumConcurrency: Math.min(Number(node.MaximumConcurrency), mostWorkers) };
}

const batchActions: Readonly<Record<string, string>> = {
  'sqs:SendMessage': 'sqs:SendMessageBatch',
  'sqs:DeleteMessage': 'sqs:DeleteMessageBatch',
  'sqs:ChangeMessageVisibility': 'sqs:ChangeMessageVisibilityBatch',
};

/** Lets a policy statement that allows a single call allow the batch call, too. */
function withBatchActions(node: object): object | undefined {
  if (!('Action' in node) || !('Effect' in node)) return undefined;
  const actions = [node.Action].flat();
  const more = actions.flatMap((action) => batchActions[String(action)] ?? []);
  return more.length === 0 ? undefined : { ...node, Action: [...actions, ...more] };
}

const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

const withoutPunctuation = (node: object): object | undefined =>
  'ExcludePunctuation' in node && node.ExcludePunctuation === true
    ? { ...node, ExcludeCharacters: punctuation }
    : undefined;

const refTarget = (node: object): string | undefined =>
  'Ref' in node && typeof node.Ref === 'string' ? node.Ref : undefined;

function getAttTarget(node: object): readonly string[] {
  if (!('Fn::GetAtt' in node)) return [];
  const target = node['Fn::GetAtt'];
  return Array.isArray(target) ? target : String(target).split('.');
}
