/** `my-partner` → `MyPartner`: for names that may not have hyphens. */
export const pascalCase = (name: string): string =>
  name.replace(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase());
