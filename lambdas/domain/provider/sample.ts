import type { UnixMillis } from '../time.ts';

/** Values that are new in each sample, so that two samples are two events. */
export interface Fresh {
  readonly uuid: string;
  /** 24 digits of hex. */
  readonly hex: string;
  /** Nine decimal digits. */
  readonly number: number;
  readonly at: UnixMillis;
  /** The same instant in whole seconds, and as ISO 8601. */
  readonly seconds: number;
  readonly iso: string;
}

/** An event as its provider would send it, without the signature. */
export interface Sample {
  readonly headers?: Readonly<Record<string, string>>;
  /** The body is one of `json`, `form` and `text`. */
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly text?: string;
  /** @default the content type of the body's kind */
  readonly contentType?: string;
}

/** Makes the sample of a provider: its file beside the provider's, `<slug>.sample.ts`, exports one as `sample`. */
export type MakeSample = (fresh: Fresh) => Sample;
