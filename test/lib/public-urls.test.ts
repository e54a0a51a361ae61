import { describe, expect, test } from 'vitest';
import { synth } from './support/synth.ts';

const certificateArn = 'arn:aws:acm:eu-central-1:111122223333:certificate/1';
const customDomain = { domainName: 'hooks.example.com', certificateArn };
const publicUrls = ({ template }: ReturnType<typeof synth>): (string | undefined)[] =>
  Object.values(template.findOutputs('*'))
    .map((output) => /"publicUrl":"([^"]*)"/.exec(JSON.stringify(output).replaceAll('\\"', '"'))?.[1])
    .filter((url) => url !== undefined);

describe('the URL that a provider signs', () => {
  test('the URL that a provider signs is that of the request without any setting', () => {
    expect(publicUrls(synth())).toEqual([]);
  });

  test('the URL that a provider signs has the custom domain', () => {
    expect(publicUrls(synth({ customDomain }))).toEqual([
      'https://hooks.example.com/webhooks/stripe',
      'https://hooks.example.com/webhooks/github',
      'https://hooks.example.com/webhooks/shopify',
    ]);
  });

  test('the URL that a provider signs has the base of the proxy, unless a source sets its own', () => {
    const sources = {
      stripe: { provider: 'stripe' },
      square: { provider: 'square', publicUrl: 'https://pay.example.com/square' },
    } as const;

    expect(publicUrls(synth({ publicBaseUrl: 'https://hooks.example.com/in', sources }))).toEqual([
      'https://hooks.example.com/in/webhooks/stripe',
      'https://pay.example.com/square',
    ]);
  });

  test.each([
    ['http://hooks.example.com', /publicBaseUrl makes the public base URL 'http:/],
    ['https://hooks.example.com/', /without a slash at the end/],
    ['https://hooks.example.com?x', /without a slash at the end, a query or a user/],
    ['hooks.example.com', /write one such as https/],
  ])('the URL that a provider signs is never made from %s', (publicBaseUrl, message) => {
    expect(() => synth({ publicBaseUrl })).toThrow(message);
  });

  test('the URL that a provider signs has one base only', () => {
    expect(() => synth({ customDomain, publicBaseUrl: 'https://a.example.com' })).toThrow(/remove one/);
  });
});

test('a custom domain leads to the stage, with TLS 1.2, for v4 and v6 callers', () => {
  const { resources } = synth({ customDomain });

  expect(Object.values(resources('AWS::ApiGatewayV2::DomainName'))).toMatchObject([
    {
      Properties: {
        DomainName: 'hooks.example.com',
        DomainNameConfigurations: [
          {
            CertificateArn: certificateArn,
            EndpointType: 'REGIONAL',
            IpAddressType: 'dualstack',
            SecurityPolicy: 'TLS_1_2',
          },
        ],
      },
    },
  ]);
  expect(Object.values(resources('AWS::ApiGatewayV2::ApiMapping'))).toMatchObject([
    { Properties: { Stage: '$default' } },
  ]);
});

describe('the API’s own name', () => {
  const apiOf = (props: Parameters<typeof synth>[0]) => {
    const { resources, template } = synth(props);
    const { Properties } = resources('AWS::ApiGatewayV2::Api')['Inbound/Api'] ?? {};
    return { Properties, outputs: template.toJSON()['Outputs'] };
  };

  test('the API’s own name works beside a custom domain, until the DNS is ready', () => {
    const { Properties, outputs } = apiOf({ customDomain });

    expect(Properties).not.toHaveProperty('DisableExecuteApiEndpoint');
    expect(outputs.InboundBaseUrl.Value['Fn::GetAtt']).toContain('ApiEndpoint');
  });

  test('the API’s own name is disabled if the domain’s setting says so, and no output names it', () => {
    const { Properties, outputs } = apiOf({
      customDomain: { ...customDomain, disableDefaultEndpoint: true },
    });

    expect(Properties).toMatchObject({ DisableExecuteApiEndpoint: true });
    expect(outputs.InboundBaseUrl.Value).toBe('https://hooks.example.com');
    const source = JSON.stringify(outputs.SourceStripe.Value);
    expect(source).toContain('https://hooks.example.com/webhooks/stripe');
    expect(source).not.toContain('ApiEndpoint');
  });
});
