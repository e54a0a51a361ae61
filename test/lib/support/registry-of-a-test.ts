import { defineHandlers } from '../../../lambdas/domain/handler.ts';

export const handlers = {
  stripe: defineHandlers('stripe', {
    '*': async () => {
      throw new Error('a handler of a test');
    },
  }),
};
