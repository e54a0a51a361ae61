import { CfnResource, type Stack } from 'aws-cdk-lib';

/** The value of a CloudFormation expression after the deploy. */
type DeployedText = (expression: unknown) => string;

type Operands = readonly unknown[];

/** The longest possible values. */
const [account, partition, region, domain] = [
  '123456789012',
  'aws-us-gov',
  'ap-southeast-1',
  'amazonaws.com',
];
const pseudo: Readonly<Record<string, string>> = {
  'AWS::AccountId': account,
  'AWS::Partition': partition,
  'AWS::Region': region,
  'AWS::URLSuffix': domain,
};
const arn = (service: string, name: string): string =>
  `arn:${partition}:${service}:${region}:${account}:${name}`;

/** CloudFormation adds twelve characters to the names that it makes. */
const suffix = `-${'X'.repeat(12)}`;
/** Attributes of other kinds of resources. */
const anything = 'X'.repeat(128);

/** Attributes by type and name, from the name that CloudFormation makes of the stack's name and the logical id. */
const attributes: Readonly<Record<string, (name: (longest: number) => string, id: string) => string>> = {
  'AWS::SQS::Queue Ref': (name) => `https://sqs.${region}.${domain}/${account}/${name(80)}`,
  'AWS::SQS::Queue QueueName': (name) => name(80),
  'AWS::SQS::Queue Arn': (name) => arn('sqs', name(80)),
  'AWS::DynamoDB::GlobalTable Ref': (name) => name(255),
  'AWS::DynamoDB::GlobalTable Arn': (name) => arn('dynamodb', `table/${name(255)}`),
  'AWS::S3::Bucket Ref': (name) => name(63),
  'AWS::S3::Bucket Arn': (name) => `arn:${partition}:s3:::${name(63)}`,
  'AWS::SNS::Topic Ref': (name) => arn('sns', name(256)),
  // Has no stack's name, and seven characters from Secrets Manager.
  'AWS::SecretsManager::Secret Ref': (_, id) => arn('secretsmanager', `secret:${id}${suffix}-XXXXXX`),
};

/**
 * Resolves CloudFormation expressions to texts of the final length, to check limits that only a deploy would show.
 *
 * @param stack the one whose resources the expressions name
 */
export function deployedText(stack: Stack): DeployedText {
  const resources = stack.node.findAll().filter((node) => CfnResource.isCfnResource(node));
  const types = new Map(
    resources.map((node) => [String(stack.resolve(node.logicalId)), node.cfnResourceType]),
  );
  const attribute: Attribute = (id, which) => {
    const name = (longest: number) => `${stack.stackName}-${id}`.slice(0, longest - suffix.length) + suffix;
    return attributes[`${types.get(id)} ${which}`]?.(name, id) ?? anything;
  };
  return (expression) => textOf(stack.resolve(expression), attribute);
}

type Attribute = (id: string, which: string) => string;

function textOf(expression: unknown, attribute: Attribute): string {
  if (typeof expression !== 'object' || expression === null) return String(expression);
  const [[name, operands] = ['', []]] = Object.entries(expression);
  const [first, second] = [operands].flat();
  switch (name) {
    case 'Ref':
      return pseudo[String(first)] ?? attribute(String(first), 'Ref');
    case 'Fn::GetAtt':
      return attribute(String(first), String(second));
    case 'Fn::Join':
      return listOf(second)
        .map((part) => textOf(part, attribute))
        .join(String(first));
    case 'Fn::Select':
      return partsOf(second, attribute)[Number(first)] ?? anything;
    default:
      return JSON.stringify(expression);
  }
}

/** Supports `Fn::Split` only; the templates select from no other list. */
function partsOf(expression: unknown, attribute: Attribute): readonly string[] {
  const [mark, whole] = listOf(Object.values(Object(expression))[0]);
  return textOf(whole, attribute).split(String(mark));
}

const listOf = (value: unknown): Operands => (Array.isArray(value) ? value : []);
