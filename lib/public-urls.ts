import { SettingsError } from './settings-error.ts';
import type { Sources } from './source-settings.ts';

/** A domain of the team's own in front of the inbound API. */
export interface CustomDomain {
  /** E.g. `hooks.example.com`. Point it at the output `CustomDomainTarget` in your DNS. */
  readonly domainName: string;
  /** A certificate for that name in AWS Certificate Manager, in the stack's region. */
  readonly certificateArn: string;
  /**
   * Takes the API's own name out of service, so that what stands before the domain (a firewall, mutual TLS) cannot be
   * passed by. Set it once the domain answers, and the providers post to it. @default false
   */
  readonly disableDefaultEndpoint?: boolean;
}

export interface PublicUrlProps {
  readonly customDomain?: CustomDomain;
  readonly publicBaseUrl?: string;
}

/**
 * The sources with the URLs that their providers know, which some of them sign.
 *
 * A source's own `publicUrl` stays; where nothing is set, the URL is taken from each request.
 *
 * @throws SettingsError when the base is no plain https URL, or when there are two
 */
export function withPublicUrls(sources: Sources, { customDomain, publicBaseUrl }: PublicUrlProps): Sources {
  if (customDomain !== undefined && publicBaseUrl !== undefined)
    throw new SettingsError(
      'customDomain and publicBaseUrl are both set: a custom domain is the public base; remove one',
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
      `${setting} makes the public base '${base}'; write it as https://hooks.example.com, without a slash at the end, a query or a user`,
    );
}
