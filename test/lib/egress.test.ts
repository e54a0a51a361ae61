import { type App, Stack, Validations } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { CfnVPCCidrBlock, IpAddresses, type IVpc, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import type { Egress } from '../../lib/egress-props.ts';
import { OutboundWebhooks } from '../../lib/outbound-webhooks.ts';
import { factsFrom, outputsOf } from '../../lib/outputs.ts';
import { deployedOutputs } from './support/deployed-outputs.ts';
import { permissions } from './support/policies.ts';
import { newApp, quickApp, synthesised } from './support/synth.ts';

type Ranged = { readonly stack: Stack; readonly vpc: Vpc };

function ownVpc(app: App = quickApp()): Ranged {
  const stack = new Stack(app, 'Test');
  const vpc = new Vpc(stack, 'Vpc', {
    ipAddresses: IpAddresses.cidr('10.7.0.0/16'),
    maxAzs: 2,
    natGateways: 1,
  });
  return { stack, vpc };
}

function withEgress(stack: Stack, egress: Egress, allowedPorts?: readonly number[]) {
  new OutboundWebhooks(stack, 'Default', { outbound: { egress, allowedPorts } });
  return synthesised(stack);
}

const rangesIn = (app: ReturnType<typeof withEgress>): string =>
  JSON.stringify(
    Object(app.resources('AWS::Lambda::Function')['Outbound/Deliver']?.Properties['Environment']).Variables
      .REFUSED_RANGES,
  );

const imported = (stack: Stack, more: object = {}): IVpc =>
  Vpc.fromVpcAttributes(stack, 'Imported', {
    vpcId: 'vpc-1',
    availabilityZones: ['us-east-1a'],
    privateSubnetIds: ['subnet-1'],
    publicSubnetIds: ['subnet-2'],
    ...more,
  });

describe('egress through a VPC of the team', () => {
  const { stack, vpc } = ownVpc();
  const app = withEgress(stack, { vpc }, [443, 8443]);

  test('λ deliver runs in the private subnets, and no other function in any', () => {
    const functions = Object.entries(app.resources('AWS::Lambda::Function'));
    const inVpc = functions.filter(([, { Properties }]) => 'VpcConfig' in Properties);

    expect(functions.length).toBeGreaterThan(3);
    expect(inVpc.map(([path]) => path)).toEqual(['Outbound/Deliver']);
    expect(Object(inVpc[0]?.[1].Properties['VpcConfig']).SubnetIds).toEqual(
      vpc.privateSubnets.map(({ subnetId }) => stack.resolve(subnetId)),
    );
  });

  test('its security group lets out the ports of endpoints and 443, and lets in nothing', () => {
    const group = app.resources('AWS::EC2::SecurityGroup')['Outbound/EgressGroup']?.Properties;

    expect(group?.['SecurityGroupIngress']).toBeUndefined();
    expect(group?.['SecurityGroupEgress']).toMatchObject([
      { CidrIp: '0.0.0.0/0', FromPort: 443, IpProtocol: 'tcp', ToPort: 443 },
      { CidrIp: '0.0.0.0/0', FromPort: 8443, IpProtocol: 'tcp', ToPort: 8443 },
    ]);
  });

  test('its role lets Lambda make network interfaces, and denies them to the code', () => {
    const ec2 = (permissions(app).get('Outbound/Deliver') ?? []).filter(({ actions }) =>
      actions.some((action) => action.startsWith('ec2:')),
    );
    const elsewhere = [...permissions(app)].filter(([, all]) => JSON.stringify(all).includes('ec2:'));

    expect(ec2.map(({ effect }) => effect)).toEqual(['Allow', 'Deny']);
    expect(JSON.stringify(ec2[1]?.condition)).toContain('lambda:SourceFunctionArn');
    expect(elsewhere.map(([role]) => role)).toEqual(['Outbound/Deliver']);
    for (const [path, role] of Object.entries(app.resources('AWS::IAM::Role')))
      if (path.startsWith('Outbound/')) expect(role.Properties).not.toHaveProperty('ManagedPolicyArns');
  });

  test('security groups and subnets of the team are used as they are', () => {
    const own = ownVpc();
    const group = new SecurityGroup(own.stack, 'Mine', { vpc: own.vpc });
    const [subnet] = own.vpc.privateSubnets;
    const made = withEgress(own.stack, {
      vpc: own.vpc,
      subnets: { subnets: subnet ? [subnet] : [] },
      securityGroups: [group],
    });

    expect(made.resources('AWS::Lambda::Function')['Outbound/Deliver']?.Properties['VpcConfig']).toEqual({
      SecurityGroupIds: [own.stack.resolve(group.securityGroupId)],
      SubnetIds: [own.stack.resolve(subnet?.subnetId)],
    });
    expect(Object.keys(made.resources('AWS::EC2::SecurityGroup'))).not.toContain('Outbound/EgressGroup');
  });
});

describe('the ranges that λ deliver never requests', () => {
  test('are those of the VPC, also those that are added to it later, and those that the team names', () => {
    const { stack, vpc } = ownVpc();
    new OutboundWebhooks(stack, 'Default', {
      outbound: { egress: { vpc, refusedCidrs: ['198.51.100.0/24', '2001:db8::/32'] } },
    });
    new CfnVPCCidrBlock(stack, 'Second', { vpcId: vpc.vpcId, cidrBlock: '8.8.0.0/16' });
    new CfnVPCCidrBlock(stack, 'V6', { vpcId: vpc.vpcId, amazonProvidedIpv6CidrBlock: true });
    new CfnVPCCidrBlock(stack, 'Other', { vpcId: 'vpc-other', cidrBlock: '9.9.0.0/16' });

    const ranges = rangesIn(synthesised(stack));

    expect(ranges).toContain('"CidrBlock"');
    expect(ranges).toContain(',198.51.100.0/24,2001:db8::/32,8.8.0.0/16');
    expect(ranges).toContain('"Ipv6CidrBlocks"');
    expect(ranges).not.toContain('9.9.0.0/16');
  });

  test('are the known range of an imported VPC, and those that the team names', () => {
    const stack = new Stack(quickApp(), 'Test');
    const vpc = imported(stack, { vpcCidrBlock: '20.1.0.0/16' });

    expect(rangesIn(withEgress(stack, { vpc, refusedCidrs: ['20.2.0.0/16'] }))).toBe(
      '"20.1.0.0/16,20.2.0.0/16"',
    );
  });

  test('are none outside a VPC', () => {
    const stack = new Stack(quickApp(), 'Test');
    new OutboundWebhooks(stack, 'Default');

    expect(rangesIn(synthesised(stack))).toBe('""');
  });
});

describe("egress: 'static'", () => {
  const stack = new Stack(quickApp(), 'Test');
  const app = withEgress(stack, 'static');

  test('makes two NAT gateways in two zones, each with a fixed address, and gateway endpoints that cost nothing', () => {
    app.template.resourceCountIs('AWS::EC2::NatGateway', 2);
    app.template.resourceCountIs('AWS::EC2::EIP', 2);
    app.template.resourceCountIs('AWS::EC2::VPCEndpoint', 2);
    app.template.allResourcesProperties('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway' });
    for (const { Properties } of Object.values(app.resources('AWS::EC2::NatGateway')))
      expect(JSON.stringify(Properties['AllocationId'])).toContain('OutboundEgressAddress');
  });

  test('says the price at synth', () => {
    Annotations.fromStack(stack).hasInfo(
      '*',
      Match.stringLikeRegexp('2 NAT gateways .* \\$73 a month and \\$0\\.045 a GB'),
    );
  });

  test('has the addresses in the outputs', () => {
    const { egressAddresses = '' } = factsFrom(outputsOf('', deployedOutputs(stack)));

    expect(egressAddresses.split(',')).toHaveLength(2);
    expect(egressAddresses).toMatch(/^<OutboundEgressAddressA\w+\.PublicIp>,/);
  });

  test('comes without a custom resource, whose function and role no one would watch', () => {
    expect(JSON.stringify(app.template.toJSON())).not.toContain('Custom::');
  });
});

test.each(['static', 'vpc'] as const)(
  'cdk-nag and the validation of templates find nothing with egress %s',
  (kind) => {
    const app = newApp();
    const { stack, vpc } = kind === 'vpc' ? ownVpc(app) : { stack: new Stack(app, 'Test'), vpc: undefined };
    if (vpc)
      Validations.of(vpc).acknowledge({
        id: 'AwsSolutions-VPC7',
        reason: 'It is the VPC of the team, not ours.',
      });
    new OutboundWebhooks(stack, 'Hooks', { outbound: { egress: vpc ? { vpc } : 'static' } });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

    expect(() => app.synth()).not.toThrow();
  },
);

describe('a mistake in egress is refused with its path:', () => {
  const refused: readonly (readonly [string, (stack: Stack) => Egress, RegExp])[] = [
    [
      'a word that is none',
      () => 'fixed' as 'static',
      /^outbound\.egress is "fixed"; write 'static', or \{ vpc \}/,
    ],
    ['no VPC', () => ({}) as Egress, /^outbound\.egress\.vpc is missing/],
    [
      'a slip',
      (stack) => ({ vpc: imported(stack), subnet: {} }) as Egress,
      /^outbound\.egress: subnet is unknown/,
    ],
    [
      'a VPC whose range is not known',
      (stack) => ({ vpc: imported(stack) }),
      /^outbound\.egress\.vpc: its range is not known.*vpcCidrBlock/,
    ],
    [
      'a public subnet',
      (stack) => ({
        vpc: imported(stack, { vpcCidrBlock: '10.0.0.0/16' }),
        subnets: { subnetType: SubnetType.PUBLIC },
      }),
      /^outbound\.egress\.subnets has a public subnet/,
    ],
    [
      'subnets that the VPC does not have',
      (stack) => ({
        vpc: imported(stack, { vpcCidrBlock: '10.0.0.0/16' }),
        subnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      }),
      /^outbound\.egress\.subnets: .*Isolated/,
    ],
    [
      'a range that is none',
      (stack) => ({ vpc: imported(stack, { vpcCidrBlock: '10.0.0.0/16' }), refusedCidrs: ['10.0.0.0'] }),
      /^outbound\.egress\.refusedCidrs has '10\.0\.0\.0'/,
    ],
    [
      'no security group',
      (stack) => ({ vpc: imported(stack, { vpcCidrBlock: '10.0.0.0/16' }), securityGroups: [] }),
      /^outbound\.egress\.securityGroups is empty/,
    ],
  ];

  test.each(refused)('%s', (_, egress, message) => {
    const stack = new Stack(quickApp(), 'Test');

    expect(() => withEgress(stack, egress(stack))).toThrow(message);
  });

  test('isolated subnets are a warning, because the CDK does not know every route', () => {
    const stack = new Stack(quickApp(), 'Test');
    const vpc = new Vpc(stack, 'Vpc', { natGateways: 0, maxAzs: 2 });
    withEgress(stack, { vpc, subnets: { subnetType: SubnetType.PRIVATE_ISOLATED } });

    Annotations.fromStack(stack).hasWarning(
      '*',
      Match.stringLikeRegexp('outbound\\.egress\\.subnets has an isolated'),
    );
  });
});
