/** Cuts a list into parts of this size; the last one may be shorter. */
export const inParts = <Item>(list: readonly Item[], size: number): (readonly Item[])[] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, at) => list.slice(at * size, (at + 1) * size));
