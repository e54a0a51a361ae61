/** An answer that follows HTTP so little that its status cannot be told. */
export class ProtocolError extends Error {
  override name = 'ProtocolError' as const;
}
