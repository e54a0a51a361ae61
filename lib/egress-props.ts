import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import ipaddr from 'ipaddr.js';
import { problemWithGiven, type SettingKind } from './given-settings.ts';
import { SettingsError } from './settings-error.ts';

/** How requests to endpoints leave through a VPC of yours. No other function is moved into it. */
export interface EgressProps {
  /**
   * The VPC. Its ranges are never requested, even if they are public: those that this app gives it, and the one that an imported
   * VPC has in CDK's context. Name others in `refusedCidrs`.
   */
  readonly vpc: IVpc;
  /**
   * The subnets, with a route to the internet and to the AWS services that docs/network.md lists. A function in a public subnet has
   * neither. @default - the private subnets with egress
   */
  readonly subnets?: SubnetSelection;
  /** The security groups. They must let out the ports of `allowedPorts`, and 443. @default - a new one, which lets out these and lets in nothing */
  readonly securityGroups?: readonly ISecurityGroup[];
  /**
   * More ranges that are never requested, v4 and v6: the secondary ranges of an imported VPC, or public ranges of networks that the
   * VPC is connected to. Ranges that are not public are refused anyway. @default - none
   */
  readonly refusedCidrs?: readonly string[];
}

/**
 * `static`: a VPC of Hookline's own with two NAT gateways, each in an availability zone with a fixed address; `hookline ips` prints
 * the addresses. Or a VPC of yours.
 */
export type Egress = 'static' | EgressProps;

const egressKinds: Readonly<Record<keyof EgressProps, SettingKind>> = {
  vpc: 'any',
  subnets: 'any',
  securityGroups: 'any',
  refusedCidrs: 'any',
};

const where = 'outbound.egress';

/** An error about the setting. */
export const egressError = (problem: string): SettingsError => new SettingsError(`${where}${problem}`);

/** @throws SettingsError naming the setting */
export function checkEgress(egress: Egress): void {
  if (egress === 'static') return;
  if (typeof egress !== 'object' || egress === null)
    throw egressError(` is ${JSON.stringify(egress)}; write 'static', or { vpc }`);
  const slip = problemWithGiven(egressKinds, egress);
  if (slip !== undefined) throw egressError(`: ${slip}`);
  if (egress.vpc === undefined) throw egressError(".vpc is missing; write { vpc }, or 'static'");
  if (egress.securityGroups?.length === 0)
    throw egressError('.securityGroups is empty; leave it out to get one');
  const wrong = egress.refusedCidrs?.find((range) => !ipaddr.isValidCIDR(range));
  if (wrong !== undefined)
    throw egressError(`.refusedCidrs has '${wrong}'; write a range such as 198.51.100.0/24 or 2001:db8::/32`);
}
