import { matchesGlob } from 'node:path';
import { type Statement, statementsOf } from '../../lib/support/policies.ts';

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: { readonly 'aws:cdk:path'?: string };
}

/** A synthesised template, as `cdk.out` has it. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

/** One action on one resource that a role may take, with paths of constructs in place of names. */
export interface Permission {
  /** The path of the role's function, e.g. `Source-*\/Receive`: all sources have the same code and the same grants. */
  readonly role: string;
  readonly action: string;
  /** The path of the resource, and what follows its ARN: `Outbound/Stores/Deliveries/index/held`. */
  readonly resource: string;
}

export const textOf = ({ role, action, resource }: Permission): string => `${role} ${action} ${resource}`;

/** All permissions that the policies of a template grant, each once, in their order by text. */
export function grantedPermissions(template: Template): string[] {
  const policies = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::IAM::Policy');
  const all = policies.flatMap((policy) =>
    statementsOf(policy.Properties?.['PolicyDocument']).flatMap((statement) =>
      permissionsOf(roleOf(pathOf(policy)), statement, template),
    ),
  );
  return [...new Set(all.map(textOf))].sort();
}

const permissionsOf = (role: string, { actions, resources }: Statement, template: Template): Permission[] =>
  resources
    .map((json) => resourceOf(JSON.parse(json), template))
    .flatMap((resource) => actions.map((action) => ({ role, action: awsAction(action), resource })));

/** The local AWS checks a batch call of SQS by its own name; on AWS it needs the permission for the single call. */
export const awsAction = (action: string): string => action.replace(/^(sqs:\w+)Batch$/, '$1');

/** `{ Ref }`, `{ Fn::GetAtt }`, or a join of one of them with what follows. */
function resourceOf(expression: unknown, template: Template): string {
  const text = JSON.stringify(expression);
  const id = /"(?:Ref|Fn::GetAtt)":\[?"([A-Za-z0-9]+)"/.exec(text)?.[1] ?? '';
  const resource = template.Resources[id];
  const suffix = /,"([^"]*)"\]\]\}$/.exec(text)?.[1] ?? '';
  return anySource(resource === undefined ? text : `${pathOf(resource)}${suffix}`);
}

/** The path of a resource's construct within its deployment. */
export const pathOf = ({ Metadata }: Resource): string =>
  (Metadata?.['aws:cdk:path'] ?? '').replace(/^[^/]+\/(Default\/)?/, '').replace(/\/Resource$/, '');

/** The path of the function that has a role, from the path of the role or its policy. */
export const roleOf = (path: string): string =>
  anySource(path.replace(/\/DefaultPolicy$/, '').replace(/\/?Role$/, ''));

/** Whether a granted permission allows a used one: a `*` stands for any text. */
export const allows = (granted: string, used: string): boolean =>
  matchesGlob(used.replaceAll('/', ':'), granted.replaceAll('/', ':'));

/** Sources differ in their names only. */
export const anySource = (path: string): string =>
  path
    .replace(/^Source-[^/]+/, 'Source-*')
    .replace(/^Secret[A-Z]\w+$/, 'Secret-*')
    .replace(/\/inbound\/[^/]+\//, '/inbound/*/')
    .replace(/^.*_tap_[^_]+_.*$/, 'tap queues');
