import { Annotations, Fn, Lazy, Stack, Token } from 'aws-cdk-lib';
import {
  CfnVPCCidrBlock,
  type ISecurityGroup,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  type SelectedSubnets,
  type SubnetSelection,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import ipaddr from 'ipaddr.js';
import { checkEgress, type Egress, type EgressProps, egressError } from './egress-props.ts';
import { StaticEgress } from './static-egress.ts';

/** Where λ deliver runs. */
export interface Network {
  readonly vpc: IVpc;
  readonly subnets: SubnetSelection;
  readonly securityGroups: readonly ISecurityGroup[];
  /** The ranges that it never requests, separated by commas. */
  readonly refusedRanges: string;
  /** The addresses that its requests come from; undefined if a VPC of the team decides. */
  readonly addresses?: readonly string[];
}

/** AWS services are called on this port. */
const https = 443;

/**
 * The network of λ deliver.
 *
 * @throws SettingsError naming the setting
 */
export function networkOf(scope: Construct, egress: Egress, ports: readonly number[]): Network {
  checkEgress(egress);
  const own = egress === 'static' ? new StaticEgress(scope, 'Egress') : undefined;
  const { vpc, subnets, securityGroups, refusedCidrs = [] } = own ?? (egress as EgressProps);
  const chosen = subnets ?? { subnetType: SubnetType.PRIVATE_WITH_EGRESS };
  checkSubnets(scope, vpc, chosen);
  return {
    vpc,
    subnets: chosen,
    securityGroups: securityGroups ?? [outward(scope, vpc, ports)],
    refusedRanges: rangesOf(vpc, refusedCidrs),
    addresses: own?.addresses,
  };
}

/** Lets out the ports of endpoints and that of AWS services, and lets in nothing. */
function outward(scope: Construct, vpc: IVpc, ports: readonly number[]): SecurityGroup {
  const group = new SecurityGroup(scope, 'EgressGroup', {
    vpc,
    description: 'Lets deliveries out',
    allowAllOutbound: false,
  });
  for (const port of new Set([https, ...ports]))
    group.addEgressRule(Peer.anyIpv4(), Port.tcp(port), 'Endpoints and AWS services');
  return group;
}

function checkSubnets(scope: Construct, vpc: IVpc, chosen: SubnetSelection): void {
  const { hasPublic, subnets } = selected(vpc, chosen);
  if (hasPublic)
    throw egressError(
      '.subnets has a public subnet, from which a function reaches nothing; choose subnets with a NAT gateway',
    );
  const isolated = new Set(vpc.isolatedSubnets.map(({ subnetId }) => subnetId));
  if (!subnets.some(({ subnetId }) => isolated.has(subnetId))) return;
  Annotations.of(scope).addWarningV2(
    'hookline:egress-isolated',
    'outbound.egress.subnets has an isolated subnet: deliveries reach endpoints only if it has a route to the internet that the CDK does not know, such as a transit gateway',
  );
}

/** @throws SettingsError when the VPC has no such subnets */
function selected(vpc: IVpc, chosen: SubnetSelection): SelectedSubnets {
  try {
    return vpc.selectSubnets(chosen);
  } catch (error) {
    throw egressError(`.subnets: ${error instanceof Error ? error.message : error}`);
  }
}

/** The VPC's ranges are known at the deploy; those that the app adds to it later, at the end of the synth. */
function rangesOf(vpc: IVpc, refusedCidrs: readonly string[]): string {
  const first = firstRange(vpc);
  return Lazy.string({ produce: () => [first, ...refusedCidrs, ...addedRanges(vpc)].join(',') });
}

/** @throws SettingsError when an imported VPC does not have it */
function firstRange(vpc: IVpc): string {
  const range = rangeIfKnown(vpc);
  if (range !== undefined && (Token.isUnresolved(range) || ipaddr.isValidCIDR(range))) return range;
  throw egressError(
    '.vpc: its range is not known, so that it could not be refused; import the VPC with vpcCidrBlock, or by Vpc.fromLookup',
  );
}

function rangeIfKnown(vpc: IVpc): string | undefined {
  try {
    return vpc.vpcCidrBlock;
  } catch {
    return undefined;
  }
}

/** The further ranges that this app gives the VPC. */
function addedRanges(vpc: IVpc): string[] {
  const stack = Stack.of(vpc);
  const idOf = (id: string) => JSON.stringify(stack.resolve(id));
  const added = vpc.node.root.node
    .findAll()
    .filter((node) => node instanceof CfnVPCCidrBlock)
    .filter((node) => idOf(node.vpcId) === idOf(vpc.vpcId));
  const given = added.flatMap(({ cidrBlock, ipv6CidrBlock }) => [cidrBlock, ipv6CidrBlock]);
  const hasIpv6 = added.some(({ amazonProvidedIpv6CidrBlock }) => amazonProvidedIpv6CidrBlock === true);
  const ofAmazon = hasIpv6 && vpc instanceof Vpc ? [Fn.join(',', vpc.vpcIpv6CidrBlocks)] : [];
  return [...given, ...ofAmazon].filter((range) => range !== undefined);
}
