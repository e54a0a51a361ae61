import { type AttributeMap, plainValues } from './attribute-values.ts';

/** Converts the item of a refused write to plain values; a client converts successful responses only. */
export const plainItem = (item: AttributeMap): Record<string, unknown> => plainValues(item);
