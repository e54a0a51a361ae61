/** An app that does not synthesise. */
throw new Error('the source stripe has no provider');
