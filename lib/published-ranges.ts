/** The addresses from which a provider sends its webhooks, by its documentation. */
export interface PublishedRanges {
  /** The day on which the list was right, as `YYYY-MM-DD`. */
  readonly asOf: string;
  readonly source: string;
  readonly ranges: readonly string[];
}

const single = (...addresses: readonly string[]): readonly string[] =>
  addresses.map((address) => `${address}/32`);

/** A list that is older than this should be compared with its source before you rely on it. */
export const freshForDays = 90;

/**
 * Providers that publish a fixed list.
 *
 * Omits providers that publish no list or change it without notice (GitHub, SendGrid), and lists that we have not seen at their
 * source.
 */
export const publishedRanges: Readonly<Record<string, PublishedRanges>> = {
  intercom: {
    asOf: '2026-11-01',
    source: 'https://developers.intercom.com/docs/webhooks/webhook-notifications',
    ranges: single(
      // United States
      '34.231.68.152',
      '34.197.76.213',
      '35.171.78.91',
      '35.169.138.21',
      '52.70.27.159',
      '52.44.63.161',
      // Europe
      '54.217.125.63',
      '54.246.173.113',
      '54.216.9.3',
      // Australia
      '52.63.36.185',
      '3.104.68.152',
      '52.64.2.165',
    ),
  },
  paddle: {
    asOf: '2026-11-01',
    source: 'https://developer.paddle.com/webhooks/respond-to-webhooks#allow-paddle-ips',
    ranges: single(
      '34.232.58.13',
      '34.195.105.136',
      '34.237.3.244',
      '35.155.119.135',
      '52.11.166.252',
      '34.212.5.7',
      // Sandbox
      '34.194.127.46',
      '54.234.237.108',
      '3.208.120.145',
      '44.226.236.210',
      '44.241.183.62',
      '100.20.172.113',
    ),
  },
  plaid: {
    asOf: '2026-11-01',
    source: 'https://plaid.com/docs/api/webhooks/#configuring-webhooks',
    ranges: single('52.21.26.131', '52.21.47.157', '52.41.247.19', '52.88.82.239'),
  },
  razorpay: {
    asOf: '2026-11-01',
    source: 'https://razorpay.com/docs/security/whitelists/',
    ranges: [
      ...single(
        '52.66.75.174',
        '52.66.76.63',
        '52.66.151.218',
        '35.154.217.40',
        '35.154.22.73',
        '35.154.143.15',
        '13.126.199.247',
        '13.126.238.192',
        '13.232.194.134',
        // UAT
        '52.66.76.68',
        '52.66.95.207',
        '13.127.201.109',
      ),
      '18.96.225.0/26',
      '18.99.161.0/26',
    ],
  },
  stripe: {
    asOf: '2026-05-15',
    source: 'https://stripe.com/files/ips/ips_webhooks.txt',
    ranges: single(
      '3.18.12.63',
      '3.69.109.8',
      '3.120.168.93',
      '3.130.192.231',
      '13.235.14.237',
      '13.235.122.149',
      '18.211.135.69',
      '35.154.171.200',
      '35.157.207.129',
      '52.15.183.38',
      '54.88.130.119',
      '54.88.130.237',
      '54.187.174.169',
      '54.187.205.235',
      '54.187.216.72',
    ),
  },
  workos: {
    asOf: '2026-11-01',
    source: 'https://workos.com/docs/events/data-syncing/webhooks',
    ranges: single(
      '3.217.146.166',
      '23.21.184.92',
      '34.204.154.149',
      '44.213.245.178',
      '44.215.236.82',
      '50.16.203.9',
      '52.1.251.34',
      '52.21.49.187',
      '174.129.36.47',
    ),
  },
};

/** Whole days since the list was right. */
export const ageInDays = ({ asOf }: PublishedRanges, now: number): number =>
  Math.floor((now - Date.parse(`${asOf}T00:00:00Z`)) / 86_400_000);
