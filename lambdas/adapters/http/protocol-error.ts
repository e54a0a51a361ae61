/** A response that violates HTTP so far that its status cannot be read. */
export class ProtocolError extends Error {
  override name = 'ProtocolError' as const;
}
