import type { Resource, Synthesised } from './synth.ts';

/** A statement of a policy, with its actions always a list. */
export interface Statement {
  readonly effect: string;
  readonly actions: readonly string[];
  /** CloudFormation's expressions as JSON text. */
  readonly resources: readonly string[];
  readonly condition?: unknown;
  readonly principal?: unknown;
}

type Raw = Readonly<Record<string, unknown>>;

export function statementsOf(document: unknown): Statement[] {
  const { Statement } = document as { Statement: readonly Raw[] };
  return Statement.map((raw) => ({
    effect: String(raw['Effect']),
    actions: [raw['Action']].flat().map(String),
    resources: [raw['Resource']].flat().map((resource) => JSON.stringify(resource)),
    condition: raw['Condition'],
    principal: raw['Principal'],
  }));
}

/** What the role of each function may do, by the function's path. */
export function permissions(
  synthesised: Pick<Synthesised, 'resources'>,
): ReadonlyMap<string, readonly Statement[]> {
  return new Map(
    Object.entries(synthesised.resources('AWS::IAM::Policy')).map(([path, policy]) => [
      path.replace(/\/?Role\/DefaultPolicy$/, ''),
      statementsOf(policy.Properties['PolicyDocument']),
    ]),
  );
}

/** The logical id that a `Ref` or `Fn::GetAtt` to a construct of this path holds. */
export function idOf(synthesised: Synthesised, type: string, path: string): string {
  const wanted: Resource | undefined = synthesised.resources(type)[path];
  const all = Object.entries(synthesised.template.toJSON()['Resources']);
  const found = all.find(([, resource]) => resource === wanted);
  if (found === undefined) throw new Error(`no ${type} at ${path}`);
  return found[0];
}

/** Does any statement deny requests without TLS? */
export const deniesPlainHttp = (statements: readonly Statement[]): boolean =>
  statements.some(
    ({ effect, principal, condition }) =>
      effect === 'Deny' &&
      ['"*"', '{"AWS":"*"}'].includes(JSON.stringify(principal)) &&
      JSON.stringify(condition) === '{"Bool":{"aws:SecureTransport":"false"}}',
  );
