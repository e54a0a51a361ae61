import { defineHandlers } from 'hookline/handlers';

export const handlers = {
  stripe: defineHandlers('stripe', {
    '*': async () => {
      throw new Error('a handler of a test');
    },
  }),
};
