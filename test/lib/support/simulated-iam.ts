import type { Synthesised } from './synth.ts';

/** One call to AWS, as IAM sees it. */
export interface Call {
  readonly action: string;
  readonly resource: string;
  /** By the name of the key; a key that the call does not have is missing. */
  readonly context?: Readonly<Record<string, readonly string[]>>;
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** CloudFormation's expressions as text: `<Id.Arn>` for an attribute, `<Id>` for a reference. */
function written(expression: unknown): string {
  if (typeof expression === 'string') return expression;
  const [[name, value] = ['', '']] = Object.entries(expression as Record<string, unknown>);
  if (name === 'Ref') return `<${value}>`;
  if (name === 'Fn::GetAtt') return `<${(value as string[]).join('.')}>`;
  if (name === 'Fn::Join') return (value as [string, unknown[]])[1].map(written).join('');
  throw new Error(`no reading of ${JSON.stringify(expression)}`);
}

/** What the roles of a stack's functions may do, by the path of the function: IAM's rules for the policies that are used here. */
export function simulatedIam(synthesised: Synthesised) {
  const policies = Object.entries(synthesised.resources('AWS::IAM::Policy'));
  const statements = new Map(
    policies.map(([path, { Properties }]) => [
      path.replace(/\/?Role\/DefaultPolicy$/, ''),
      (Properties['PolicyDocument'] as { Statement: readonly Statement[] }).Statement,
    ]),
  );
  return {
    roles: [...statements.keys()],
    may: (role: string, call: Call): boolean =>
      (statements.get(role) ?? []).some((statement) => allows(statement, call)),
    /** Every action that any of them is allowed. */
    actions: [...new Set([...statements.values()].flat().flatMap(({ Action }) => [Action].flat()))],
  };
}

function allows({ Effect, Action, Resource, Condition = {} }: Statement, call: Call): boolean {
  if (Effect !== 'Allow') throw new Error(`no rule for the effect ${Effect}`);
  const isMeant =
    [Action].flat().some((action) => matches(action, call.action)) &&
    [Resource].flat().some((resource) => matches(written(resource), call.resource));
  return (
    isMeant &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => holds(operator, [wanted].flat(), call.context?.[key])),
    )
  );
}

function holds(operator: string, wanted: readonly string[], found: readonly string[] | undefined): boolean {
  const isWanted = (value: string) => wanted.some((pattern) => matches(pattern, value));
  switch (operator) {
    case 'StringLike':
      return (found ?? []).some(isWanted);
    // True of a key that is not there, too: a call without one must not be allowed at all.
    case 'ForAllValues:StringLike':
      return (found ?? []).every(isWanted);
    default:
      throw new Error(`no rule for the operator ${operator}`);
  }
}

const patterns = new Map<string, RegExp>();

/** `*` stands for anything. */
function matches(pattern: string, value: string): boolean {
  const literal = (part: string) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  const known = patterns.get(pattern);
  const expression = known ?? new RegExp(`^${pattern.split('*').map(literal).join('.*')}$`, 's');
  if (known === undefined) patterns.set(pattern, expression);
  return expression.test(value);
}
