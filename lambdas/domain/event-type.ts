import type { UnixMillis } from './time.ts';

/** The description of an event type. */
export interface EventTypeRecord {
  readonly name: string;
  readonly description: string;
  /** JSON Schema 2020-12 of `data`. */
  readonly schema?: Readonly<Record<string, unknown>>;
  readonly example?: unknown;
  /** Refuse payloads that do not match the schema. */
  readonly checkPayload: boolean;
  readonly createdAt: UnixMillis;
  readonly updatedAt: UnixMillis;
  readonly version: number;
}

/** Event types, in a partition of the Endpoints table. */
export interface EventTypeStore {
  read(name: string): Promise<EventTypeRecord | undefined>;
  /** Event types by name. */
  page(
    after: string | undefined,
    limit: number,
  ): Promise<{ readonly eventTypes: readonly EventTypeRecord[]; readonly next?: string }>;
  /** @param expected the version that was read, 0 for a new one @returns false when it has changed since */
  put(eventType: EventTypeRecord, expected: number): Promise<boolean>;
  /** @returns false when it has changed since it was read */
  remove(expected: EventTypeRecord): Promise<boolean>;
}
