import type { DestinationRules } from '../domain/destination-rules.ts';
import type { Endpoint } from '../domain/endpoint.ts';
import type { KeptHeaders } from '../domain/endpoint-headers.ts';
import type { SealedSecret } from '../domain/endpoint-secret.ts';
import type { SealedParts } from '../domain/endpoint-store.ts';
import type { EventTypeStore } from '../domain/event-type.ts';
import type { Seconds, UnixMillis } from '../domain/time.ts';

/** Seals the secrets and headers of endpoints, and opens them. */
export interface EndpointSealing {
  seal(text: string, owner: Pick<Endpoint, 'tenant' | 'id'>, now: UnixMillis): Promise<SealedSecret>;
  open(sealed: SealedSecret, owner: Endpoint, now: UnixMillis): Promise<string>;
  /** The secrets that open: one whose master secret is gone is lost. */
  readable(endpoint: Endpoint, now: UnixMillis): Promise<readonly SealedSecret[]>;
  /** All sealed parts under the current master secret; undefined when they are already. */
  resealed(endpoint: Endpoint, now: UnixMillis): Promise<SealedParts | undefined>;
  /** Seals the values that are not sealed. */
  sealHeaders(
    headers: KeptHeaders,
    owner: Pick<Endpoint, 'tenant' | 'id'>,
    now: UnixMillis,
  ): Promise<KeptHeaders>;
}

type Fields = Readonly<Record<string, string | number | undefined>>;

/** What the management API uses beside the ports of the inbound and the outbound flow. */
export interface ManagementPorts {
  /** Whether there is time for more before the gateway gives up. */
  hasTime(): boolean;
  newId(prefix: string): string;
  /** Where requests may go. */
  readonly rules: DestinationRules;
  /** Whether a hostname resolves to an address that is not public. @returns why */
  checkHostname(hostname: string): Promise<string | undefined>;
  readonly maxTimeoutSeconds: number;
  /** The stack's limit of requests at once to one endpoint; undefined means none. */
  readonly maxConcurrent: number | undefined;
  /** How long a finished delivery is kept. */
  readonly retention: Seconds;
  readonly secrets: EndpointSealing;
  readonly eventTypes: EventTypeStore;
  /** Checks a JSON Schema. @returns what is wrong; undefined: nothing */
  checkSchema(schema: object): Promise<string | undefined>;
  /** To the publish queue. */
  sendPublication(body: string): Promise<void>;
  /** The sources of the inbound flow. */
  readonly sources: readonly string[];
  readonly telemetry: {
    info(line: string, fields: Fields): void;
    error(line: string, fields: Fields, error?: Error): void;
  };
}
