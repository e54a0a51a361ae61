import { CfnOutput, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  CfnApiMapping,
  CfnStage,
  DomainName,
  HttpApi,
  HttpRoute,
  IpAddressType,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { CustomDomain } from './public-urls.ts';

export interface InboundApiProps {
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
  /** @default none */
  readonly customDomain?: CustomDomain;
}

/** How many requests the gateway lets through, a second and at once; more are answered 429. */
export interface Throttle {
  readonly rate: number;
  readonly burst: number;
}

/** What an access log line tells; never a header or a body. */
const accessLogFormat = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  ip: '$context.identity.sourceIp',
  routeKey: '$context.routeKey',
  path: '$context.path',
  status: '$context.status',
  responseLength: '$context.responseLength',
  integrationStatus: '$context.integration.status',
  integrationError: '$context.integration.error',
  integrationLatency: '$context.integration.latency',
  error: '$context.error.message',
};

/** HTTP API, for v4 and v6 callers → its `$default` stage, with access logs and a throttle for each route */
export class InboundApi extends Construct {
  readonly api: HttpApi;
  private readonly props: InboundApiProps;

  constructor(scope: Construct, id: string, props: InboundApiProps) {
    super(scope, id);
    this.props = props;
    this.api = new HttpApi(this, 'Api', {
      apiName: Stack.of(this).stackName,
      description: 'Where providers post their webhooks',
      ipAddressType: IpAddressType.DUAL_STACK,
      createDefaultStage: false,
    });
  }

  /** Makes the routes public. Call it once, when all of them are there. */
  publish(throttles: ReadonlyMap<string, Throttle>): void {
    const logGroup = new LogGroup(this, 'AccessLogs', {
      retention: this.props.logRetention,
      removalPolicy: this.props.removalPolicy,
    });
    const routeSettings = [...throttles].map(([routeKey, { rate, burst }]) => [
      routeKey,
      { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst },
    ]);
    const stage = new CfnStage(this, 'Stage', {
      apiId: this.api.apiId,
      stageName: '$default',
      autoDeploy: true,
      routeSettings: Object.fromEntries(routeSettings),
      accessLogSettings: {
        destinationArn: logGroup.logGroupArn,
        format: JSON.stringify(accessLogFormat),
      },
    });
    // Settings of a route that is not there yet are refused.
    stage.node.addDependency(...this.api.node.children.filter((child) => child instanceof HttpRoute));
    if (this.props.customDomain !== undefined) this.addDomain(this.props.customDomain, stage);
  }

  /** Another way to the same stage; the API's own name goes on working. */
  private addDomain({ domainName, certificateArn }: CustomDomain, stage: CfnStage): void {
    const domain = new DomainName(this, 'Domain', {
      domainName,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
      securityPolicy: SecurityPolicy.TLS_1_2,
      ipAddressType: IpAddressType.DUAL_STACK,
    });
    const mapping = new CfnApiMapping(this, 'DomainMapping', {
      apiId: this.api.apiId,
      domainName: domain.name,
      stage: stage.stageName,
    });
    mapping.addDependency(stage);
    const target = new CfnOutput(this, 'CustomDomainTarget', { value: domain.regionalDomainName });
    target.overrideLogicalId('CustomDomainTarget');
  }
}
