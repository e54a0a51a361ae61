/** Returns the value at a dotted path, e.g. `data.events`; undefined when there is none. */
export const propertyAt = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>(propertyOf, value);

/** Returns an object's own property; undefined for anything else. */
export function propertyOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return Reflect.get(value, name);
}
