import { CostArgumentError, parseCostArguments } from './options.ts';
import { asJson, asText } from './report.ts';

/** `npm run cost -- --inbound 10M --outbound 50M --payload 4kB`: prints the bill. Exits with 2 when the command line is wrong. */
try {
  const asked = parseCostArguments(process.argv.slice(2));
  if (asked !== undefined) console.log(asked.json ? asJson(asked.work) : asText(asked.work));
} catch (error) {
  if (!(error instanceof CostArgumentError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
