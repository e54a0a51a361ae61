/** The fields of a wide log line. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
