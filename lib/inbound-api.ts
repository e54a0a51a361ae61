import { CfnOutput } from 'aws-cdk-lib';
import {
  CfnApiMapping,
  type CfnStage,
  DomainName,
  HttpApi,
  HttpRoute,
  IpAddressType,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { deploymentNameOf } from './deployment-name.ts';
import { loggedStage } from './parts/logged-stage.ts';
import type { CustomDomain } from './public-urls.ts';

export interface InboundApiProps {
  readonly logRetention: RetentionDays;
  /** The key of the access logs. @default - that of CloudWatch Logs */
  readonly encryptionKey?: IKey;
  /** @default none */
  readonly customDomain?: CustomDomain;
}

/** The requests a second, and at once, that the gateway lets through; more get a 429. */
export interface Throttle {
  readonly rate: number;
  readonly burst: number;
}

/** The throttles of the stage: for every route, and for routes with their own settings. */
export interface Throttles {
  readonly byDefault: Throttle;
  /** Throttles by route key. */
  readonly routes: ReadonlyMap<string, Throttle>;
}

/** HTTP API, for v4 and v6 callers → its `$default` stage, with access logs and throttles */
export class InboundApi extends Construct {
  readonly api: HttpApi;
  /** The URL before `/webhooks/…`. */
  readonly baseUrl: string;
  private readonly props: InboundApiProps;

  constructor(scope: Construct, id: string, props: InboundApiProps) {
    super(scope, id);
    this.props = props;
    this.api = new HttpApi(this, 'Api', {
      apiName: deploymentNameOf(this),
      description: 'Where providers post their webhooks',
      ipAddressType: IpAddressType.DUAL_STACK,
      createDefaultStage: false,
      disableExecuteApiEndpoint: props.customDomain?.disableDefaultEndpoint,
    });
    const { domainName, disableDefaultEndpoint } = props.customDomain ?? {};
    this.baseUrl = disableDefaultEndpoint ? `https://${domainName}` : this.api.apiEndpoint;
  }

  /** The log group with a line for each request. @throws Error before `publish` was called */
  get accessLogs(): LogGroup {
    const logs = this.node.findChild('AccessLogs');
    if (logs instanceof LogGroup) return logs;
    throw new Error(`${logs.node.path} is not a log group`);
  }

  /** Makes the routes public. Call it once, when all of them exist. */
  publish({ byDefault, routes }: Throttles): void {
    const routeSettings = [...routes].map(([routeKey, { rate, burst }]) => [
      routeKey,
      { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst },
    ]);
    const stage = loggedStage(this, this.api, {
      name: 'inbound',
      logRetention: this.props.logRetention,
      encryptionKey: this.props.encryptionKey,
      throttle: byDefault,
      routeSettings: routes.size > 0 ? Object.fromEntries(routeSettings) : undefined,
    });
    // CloudFormation refuses settings of a route that does not exist yet.
    stage.node.addDependency(...this.api.node.children.filter((child) => child instanceof HttpRoute));
    if (this.props.customDomain !== undefined) this.addDomain(this.props.customDomain, stage);
  }

  /** Maps a custom domain to the same stage. The API's own name works, too, unless it is disabled. */
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
