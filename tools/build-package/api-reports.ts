import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel, type IConfigFile } from '@microsoft/api-extractor';
import { repositoryManifest } from './manifest.ts';

const noMessages = { default: { logLevel: ExtractorLogLevel.None } };

/**
 * What a program can import of the package, in a form in which a change is seen: the report of API Extractor for each entry
 * point.
 *
 * @param root the repository
 * @param out the folder of the built package; not in a `node_modules`, whose types API Extractor takes for another package's
 * @returns the reports by the names of their files
 * @throws Error when the types of the package do not compile
 */
export function apiReports(root: string, out: string): ReadonlyMap<string, string> {
  const reports = mkdtempSync(join(out, '..', 'api-'));
  try {
    const names = Object.values(repositoryManifest(root).exports).map((file) => basename(file, '.ts'));
    return new Map(names.map((name) => [`${name}.api.md`, reportOf(name, out, reports)]));
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
}

function reportOf(name: string, out: string, reports: string): string {
  mkdirSync(join(reports, 'temp'), { recursive: true });
  const types = join(out, 'entry', `${name}.d.ts`);
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2022',
    strict: true,
    skipLibCheck: true,
    types: [],
  };
  const configObject: IConfigFile = {
    projectFolder: out,
    mainEntryPointFilePath: types,
    compiler: { overrideTsconfig: { compilerOptions, files: [types] } },
    apiReport: {
      enabled: true,
      reportFileName: `${name}.api.md`,
      reportFolder: reports,
      reportTempFolder: join(reports, 'temp'),
    },
    newlineKind: 'lf',
    messages: {
      compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
      extractorMessageReporting: noMessages,
      tsdocMessageReporting: noMessages,
    },
  };
  const packageJsonFullPath = join(out, 'package.json');
  const config = ExtractorConfig.prepare({
    configObject,
    configObjectFullPath: undefined,
    packageJsonFullPath,
  });
  const errors: string[] = [];
  const { succeeded } = Extractor.invoke(config, {
    localBuild: true,
    messageCallback: (message) => {
      if (message.logLevel === ExtractorLogLevel.Error) errors.push(message.text);
      message.handled = true;
    },
  });
  if (!succeeded) throw new Error(`no report of ${name}: ${errors.join('; ')}`);
  return readFileSync(join(reports, `${name}.api.md`), 'utf8');
}
