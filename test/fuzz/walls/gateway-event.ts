import type { APIGatewayProxyEventV2WithIAMAuthorizer } from 'aws-lambda';

/** An event of an HTTP API, as API Gateway makes it of a request. */
export function gatewayEvent(changes: {
  readonly method?: string;
  readonly rawPath?: string;
  readonly rawQueryString?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}): APIGatewayProxyEventV2WithIAMAuthorizer {
  const { method = 'POST', rawPath = '/webhooks/stripe', headers = {}, ...more } = changes;
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString: '',
    headers: { ...headers },
    isBase64Encoded: false,
    ...more,
    requestContext: {
      accountId: '1',
      apiId: 'a',
      domainName: 'hooks.example.test',
      domainPrefix: 'hooks',
      requestId: 'request-1',
      routeKey: '$default',
      stage: '$default',
      time: '',
      timeEpoch: 0,
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: '' },
      authorizer: {
        iam: {
          accessKey: '',
          accountId: '1',
          callerId: '',
          cognitoIdentity: null,
          principalOrgId: '',
          userArn: 'arn:aws:iam::1:user/me',
          userId: '',
        },
      },
    },
  };
}
