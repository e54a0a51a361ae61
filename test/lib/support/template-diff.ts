import type { Synthesised } from './synth.ts';

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** Properties that name a resource: two of one type and name cannot be at once, within the API or account that they are in. */
const nameProperties = [
  'AlarmName',
  'BucketName',
  'DashboardName',
  'DomainName',
  'FunctionName',
  'LogGroupName',
  'ManagedPolicyName',
  'Name',
  'QueueName',
  'RoleName',
  'RouteKey',
  'ScheduleName',
  'StageName',
  'TableName',
  'TopicName',
];

/** What may have a name twice: an API's is a label, a policy's is within its role; the others name what they belong to. */
const labelled = new Set([
  'AWS::ApiGatewayV2::Api',
  'AWS::IAM::Policy',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Logs::MetricFilter',
]);

/** Properties that CloudFormation changes in place, of the resources that have a name. All others are taken for replacements. */
const inPlace: Readonly<Record<string, readonly string[]>> = {
  'AWS::ApiGatewayV2::Stage': ['AccessLogSettings', 'DefaultRouteSettings', 'RouteSettings'],
  'AWS::ApiGatewayV2::Route': ['Target'],
  'AWS::Logs::LogGroup': ['RetentionInDays'],
};

const resourcesOf = ({ template }: Synthesised): Readonly<Record<string, Resource>> =>
  template.toJSON()['Resources'];

/** The names that the template gives, as its type, API and name; none where CloudFormation makes one. */
export function givenNames({ Type, Properties = {} }: Resource): string[] {
  if (labelled.has(Type)) return [];
  return nameProperties
    .filter((property) => property in Properties)
    .map((property) => `${Type} ${JSON.stringify([Properties['ApiId'], Properties[property]])}`);
}

/** What an update from one template to the other does, by logical ids. */
export function changesBetween(one: Synthesised, other: Synthesised) {
  const [before, after] = [Object.entries(resourcesOf(one)), Object.entries(resourcesOf(other))];
  const [old, next] = [new Map(before), new Map(after)];
  const named = new Map(before.flatMap(([id, resource]) => givenNames(resource).map((name) => [name, id])));
  return {
    added: after.filter(([id]) => !old.has(id)),
    removed: before.filter(([id]) => !next.has(id)),
    /** Replaced while the template gives its name: the new one would meet the old one. */
    replacedUnderItsName: before.flatMap(([id, resource]) => {
      const successor = next.get(id);
      const isNamed = givenNames(resource).length > 0;
      return isNamed && successor && isReplaced(resource, successor) ? [id] : [];
    }),
    /** Given to another resource: CloudFormation creates before it deletes. */
    namesThatMove: after.flatMap(([id, resource]) =>
      givenNames(resource).filter((name) => named.has(name) && named.get(name) !== id),
    ),
  };
}

function isReplaced(before: Resource, after: Resource): boolean {
  const properties = new Set([before, after].flatMap(({ Properties = {} }) => Object.keys(Properties)));
  const changed = [...properties].filter(
    (property) =>
      JSON.stringify(before.Properties?.[property]) !== JSON.stringify(after.Properties?.[property]),
  );
  const changeable = inPlace[before.Type] ?? [];
  return before.Type !== after.Type || changed.some((property) => !changeable.includes(property));
}

/** Everything of a template, by logical id. */
export const allResources = (synthesised: Synthesised): readonly (readonly [string, Resource])[] =>
  Object.entries(resourcesOf(synthesised));
