import { join } from 'node:path';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { IpAddresses, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Webhooks } from '../../lib/webhooks.ts';

// A team's stack with its key on everything, its variable in every function, and λ deliver in its VPC. The local AWS makes no NAT
// gateways, and functions run on this machine whatever their VPC is, so the subnets are isolated. The VPC has a public range, which
// may not be requested, either.

const app = new App({ builtinCloudFormationValidation: false });
const stack = new Stack(app, 'OwnNetwork', {
  env: { account: process.env['CDK_DEFAULT_ACCOUNT'], region: process.env['CDK_DEFAULT_REGION'] },
});
// Otherwise the CDK would ask AWS.
const zones = ['us-east-1a', 'us-east-1b'];
stack.node.setContext(`availability-zones:account=${stack.account}:region=${stack.region}`, zones);
const vpc = new Vpc(stack, 'Vpc', {
  ipAddresses: IpAddresses.cidr('20.31.0.0/16'),
  maxAzs: zones.length,
  natGateways: 0,
  subnetConfiguration: [{ name: 'Deliver', subnetType: SubnetType.PRIVATE_ISOLATED }],
  restrictDefaultSecurityGroup: false,
});

new Webhooks(stack, 'Hooks', {
  sources: {
    hmac: {
      provider: 'hmac',
      hmac: {
        signatureHeader: 'x-signature',
        algorithm: 'sha256',
        encoding: 'hex',
        prefix: '',
        idHeader: 'x-id',
      },
    },
  },
  outbound: { egress: { vpc, subnets: { subnetType: SubnetType.PRIVATE_ISOLATED } } },
  encryptionKey: new Key(stack, 'Key', { enableKeyRotation: true, removalPolicy: RemovalPolicy.DESTROY }),
  lambda: { environment: { DD_SITE: 'datadoghq.eu' } },
  handlersRegistry: join(import.meta.dirname, 'handlers/every-provider.ts'),
  dataRemoval: RemovalPolicy.DESTROY,
});
