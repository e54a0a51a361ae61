/** What stands under a dotted path, e.g. `data.events`; undefined when nothing does. */
export const propertyAt = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>(propertyOf, value);

/** What a value holds under one name. */
export function propertyOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return Reflect.get(value, name);
}
