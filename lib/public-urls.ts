import { SettingsError } from './settings-error.ts';
import type { Sources } from './source-props.ts';

/** Your own domain in front of the inbound API. */
export interface CustomDomain {
  /** The domain, e.g. `hooks.example.com`. Point it at the output `CustomDomainTarget` in your DNS. */
  readonly domainName: string;
  /** The ARN of its certificate in AWS Certificate Manager, in the stack's region. */
  readonly certificateArn: string;
  /**
   * Whether to disable the API's default endpoint, so that requests cannot bypass a firewall or mutual TLS in front of the
   * domain. Set it once the domain answers and the providers post to it. @default false
   */
  readonly disableDefaultEndpoint?: boolean;
}

export interface PublicUrlProps {
  readonly customDomain?: CustomDomain;
  readonly publicBaseUrl?: string;
}

/**
 * Sets the `publicUrl` of each source. Some providers sign it.
 *
 * A source's own `publicUrl` stays. Without any setting, the receiver uses the URL of each request.
 *
 * @throws SettingsError when the base is not a plain https URL, or when both settings are set
 */
export function withPublicUrls(sources: Sources, { customDomain, publicBaseUrl }: PublicUrlProps): Sources {
  if (customDomain !== undefined && publicBaseUrl !== undefined)
    throw new SettingsError(
      'customDomain and publicBaseUrl are both set, and each sets the public base URL; remove one',
    );
  const base = publicBaseUrl ?? (customDomain && `https://${customDomain.domainName}`);
  if (base === undefined) return sources;
  checkBase(base, customDomain === undefined ? 'publicBaseUrl' : 'customDomain.domainName');
  return Object.fromEntries(
    Object.entries(sources).map(([name, source]) => [
      name,
      { ...source, publicUrl: source.publicUrl ?? `${base}/webhooks/${name}` },
    ]),
  );
}

function checkBase(base: string, setting: string): void {
  const url = URL.canParse(base) ? new URL(base) : undefined;
  const isPlain =
    url?.protocol === 'https:' && !url.search && !url.hash && !url.username && !base.endsWith('/');
  if (!isPlain)
    throw new SettingsError(
      `${setting} makes the public base URL '${base}'; write one such as https://hooks.example.com, without a slash at the end, a query or a user`,
    );
}
