import { ownOf } from '../../../lambdas/domain/own-property.ts';

const entities: Readonly<Record<string, string>> = {
  quot: '"',
  '#34': '"',
  '#39': "'",
  lt: '<',
  gt: '>',
  amp: '&',
};

/** Decodes HTML entities. */
export const withoutEntities = (text: string): string =>
  text.replace(/&(quot|#34|#39|lt|gt|amp);/g, (whole, name: string) => ownOf(entities, name) ?? whole);
