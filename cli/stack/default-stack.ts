/** The stack's name in `bin/webhooks.ts`. */
export const defaultStack = 'Hookline';
