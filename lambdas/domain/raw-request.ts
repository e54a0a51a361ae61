/** A request as it came in: what is signed are these bytes, never text that was decoded and encoded again. */
export interface RawRequest {
  readonly method: string;
  /** The public URL with its query; never from the `Host` header. */
  readonly url: string;
  /** Names in lower case; a map, so that a hostile name is only a name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
  /** From the connection, never from a header. */
  readonly sourceIp: string;
}
