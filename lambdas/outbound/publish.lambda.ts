/** Deployed by the stack; its owner writes it next. */
export const handler = async (): Promise<never> => {
  throw new Error('not deployed yet');
};
