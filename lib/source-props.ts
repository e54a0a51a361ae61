import type { Duration } from 'aws-cdk-lib';
import type { ProviderName } from '../lambdas/domain/provider/catalogue.ts';
import type { Ed25519Settings, HmacSettings, TokenSettings } from '../lambdas/domain/source.ts';
import type { SettingKind } from './given-settings.ts';
import type { Target } from './target.ts';

/** A source: one sender of webhooks, with its own URL and secret. */
export interface SourceProps {
  /**
   * The provider whose signature scheme and event format the source uses. `hmac`, `token` and `ed25519` are for senders that
   * are not in the catalogue; describe how they sign in the prop of the same name.
   */
  readonly provider: ProviderName;
  /**
   * Where the verified events go: your handlers, an EventBridge bus, a queue, a topic, a function in any language, a state machine,
   * or several of them by event type. docs/targets.md has the message that each gets. @default Target.handlers()
   */
  readonly to?: Target;
  /** How the sender signs with a shared key. Required with `provider: 'hmac'`, refused with others. @default - none */
  readonly hmac?: HmacSettings;
  /** How the sender sends its token. Only with `provider: 'token'`. @default - none */
  readonly token?: Partial<TokenSettings>;
  /** How the sender signs with Ed25519; the secret is its public key. Required with `provider: 'ed25519'`. @default - none */
  readonly ed25519?: Ed25519Settings;
  /**
   * The largest difference between the signed timestamp and the receiver's clock, in both directions. Raise it for a sender
   * that signs long before it sends; a captured request can be replayed for as long.
   * @default - the provider's, or Duration.minutes(5)
   */
  readonly tolerance?: Duration;
  /**
   * How long requests signed with the previous secret are accepted after a new one was stored. Shorten it when a secret has
   * leaked. @default Duration.hours(24)
   */
  readonly rotationOverlap?: Duration;
  /** The largest body, in bytes; a larger one gets a 413. The default is also the most that fits into Lambda's event. @default 4194304 */
  readonly maxBodyBytes?: number;
  /**
   * The IPv4 and IPv6 ranges that may post to this source; other addresses get a 403. `published` uses the list that
   * the provider publishes; `hookline ranges` shows it with its date. Set it as a second check beside the signature.
   * @default - any address
   */
  readonly allowedCidrs?: readonly string[] | 'published';
  /**
   * What identifies an event. `provider`: the provider's id. `body`: a hash of the body, for providers that do not sign their
   * id. `request`: each request is a new event, so redeliveries are not recognised as duplicates. @default 'provider'
   */
  readonly eventId?: 'provider' | 'body' | 'request';
  /**
   * How long event ids are remembered; a redelivery within this time is a duplicate. At most 400 days, and at least an hour
   * longer than the handler's retries and than twice the tolerance. Raise it for a provider that redelivers later.
   * @default Duration.days(35)
   */
  readonly retention?: Duration;
  /**
   * The waits before the handler's attempt 2, 3, …; after the last attempt the event goes to the DLQ. At most 5 days in all.
   * Lengthen the list to ride out longer outages of what the handlers call.
   * @default - 5 s, 30 s, 2 min, 10 min, 30 min, 2 h
   */
  readonly handlerRetryDelays?: readonly Duration[];
  /** The time that the handlers of one batch have; at most 14 minutes. Raise it for slow handlers. @default Duration.seconds(60) */
  readonly handlerTimeout?: Duration;
  /** Environment variables for the handlers. Do not put secrets here: read them from Secrets Manager. @default - none */
  readonly handlerEnvironment?: Readonly<Record<string, string>>;
  /** The most consumers that run at once, 2 to 1000. Lower it to protect what the handlers call. @default 10 */
  readonly maxConcurrency?: number;
  /**
   * The requests per second (`rate`), and at once (`burst`), that the gateway lets through; more get a 429. Raise it for
   * a provider that sends bursts. Before you remove a source that has it, or change `isolation`, remove the setting and
   * deploy: docs/changing-a-stack.md.
   *
   * @default - the maximum over the sources without this setting: 50 and 100, or 200 and 500 for a provider that does not retry
   * after a 429 (GitHub)
   */
  readonly throttle?: { readonly rate: number; readonly burst: number };
  /**
   * The minutes after the deploy in which a provider that sends its secret in a handshake (Asana, Notion) may do so.
   * Afterwards `hookline secrets await` opens the window again. @default 60
   */
  readonly awaitHandshakeMinutes?: number;
  /**
   * Whether the sample of refused requests that is kept for `hookline explain` includes headers and bodies. Without it the
   * sample has the reason, time, address, names of the headers, and the body's size and hash. Turn it on to debug a
   * signature. @default false
   */
  readonly keepRefusedRequests?: boolean;
  /**
   * Adds an alarm for a source that has received no event for this long, after at least one. A multiple of 5 minutes from 15
   * minutes to 23 hours, or whole hours up to 6 days. Set it well above the longest usual pause, nights and weekends included.
   * @default - no alarm
   */
  readonly quietAfter?: Duration;
  /**
   * The URL that the provider knows. Set it for a provider that signs the URL, if a proxy changes it on the way.
   * @default - from the stack's custom domain or publicBaseUrl, else the URL of each request
   */
  readonly publicUrl?: string;
}

/** Every setting of a source; other names are refused. */
export const sourceKinds: Readonly<Record<keyof SourceProps, SettingKind>> = {
  provider: 'any',
  to: 'any',
  hmac: 'any',
  token: 'any',
  ed25519: 'any',
  tolerance: 'duration',
  rotationOverlap: 'duration',
  maxBodyBytes: 'any',
  allowedCidrs: 'any',
  eventId: 'any',
  retention: 'duration',
  handlerRetryDelays: 'durations',
  handlerTimeout: 'duration',
  handlerEnvironment: 'any',
  maxConcurrency: 'any',
  throttle: 'any',
  quietAfter: 'duration',
  awaitHandshakeMinutes: 'any',
  keepRefusedRequests: 'any',
  publicUrl: 'any',
};

/** Sources by name; the name is the last segment of the URL. */
export type Sources = Readonly<Record<string, SourceProps>>;
