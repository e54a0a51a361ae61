/**
 * Makes foreign text safe for a terminal: writes control characters as JSON escapes, so that JSON keeps its meaning.
 *
 * Line ends and tabs stay. Cut or clean a text before you add colours.
 */
export const plainText = (text: string): string =>
  text.replace(
    /(?!\n|\t|\r\n)[\p{Cc}\p{Bidi_Control}]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** The same on one line, because a text of several lines could look like our own lines. */
export const plainLine = (text: string): string =>
  plainText(text).replace(
    /[\n\r\t\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
