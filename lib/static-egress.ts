import { Annotations } from 'aws-cdk-lib';
import {
  CfnEIP,
  GatewayVpcEndpointAwsService,
  IpAddresses,
  NatProvider,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { acknowledge } from './parts/acknowledge.ts';
import { staticEgress } from './settings.ts';

/** The resource without which the other would fail with its zone: two zones, each with its gateway and address. */
const zones = ['A', 'B'] as const;

/**
 * λ deliver → NAT gateway of its zone → fixed address; a VPC with nothing else in it.
 *
 * Two gateways, because a delivery's retries may be over before a zone is back. DynamoDB and S3 are reached without them, by gateway
 * endpoints, which cost nothing.
 *
 * @see docs/network.md for what else was compared
 */
export class StaticEgress extends Construct {
  readonly vpc: Vpc;
  /** The addresses that requests come from. */
  readonly addresses: readonly string[];
  readonly subnets = { subnetType: SubnetType.PRIVATE_WITH_EGRESS };
  readonly securityGroups = undefined;
  readonly refusedCidrs = [];

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const addresses = zones.map((zone) => new CfnEIP(this, `Address${zone}`, { domain: 'vpc' }));
    this.vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(staticEgress.range),
      maxAzs: zones.length,
      natGateways: zones.length,
      natGatewayProvider: NatProvider.gateway({
        eipAllocationIds: addresses.map(({ attrAllocationId }) => attrAllocationId),
      }),
      subnetConfiguration: [
        { name: 'Gateways', subnetType: SubnetType.PUBLIC, cidrMask: 28, mapPublicIpOnLaunch: false },
        { name: 'Deliver', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 26 },
      ],
      gatewayEndpoints: {
        DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
        S3: { service: GatewayVpcEndpointAwsService.S3 },
      },
      // Nothing uses the default group, and emptying it takes a custom resource with a function and a role.
      restrictDefaultSecurityGroup: false,
    });
    this.addresses = addresses.map(({ attrPublicIp }) => attrPublicIp);
    acknowledge(this.vpc, {
      id: 'AwsSolutions-VPC7',
      reason: 'Only λ deliver runs in it, and its own log has a line for each request, with the endpoint.',
    });
    this.tellPrice();
  }

  private tellPrice(): void {
    const { monthlyDollars, perGigabyte } = staticEgress.price;
    Annotations.of(this).addInfoV2(
      'hookline:static-egress',
      `outbound.egress: 'static' makes ${zones.length} NAT gateways with a fixed address each: $${monthlyDollars} a month and $${perGigabyte} a GB in us-east-1, with or without traffic (docs/network.md)`,
    );
  }
}
