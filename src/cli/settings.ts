import { resolve } from 'node:path';

import { usageFailure } from './failure.js';
import { booleanVariable, emptyToUndefined, listOf, type Variables } from './variables.js';
import { webhookSettings, type WebhookSettings } from './webhooks/settings.js';

/** The options of `server` as the command line gives them; what is absent was not given. */
export interface ServerFlags {
  readonly backendStoreUri?: string;
  readonly registryStoreUri?: string;
  readonly defaultArtifactRoot?: string;
  readonly artifactsDestination?: string;
  readonly serveArtifacts?: boolean;
  readonly artifactsOnly?: boolean;
  readonly host?: string;
  readonly port?: string;
  readonly allowedHosts?: string;
  readonly corsAllowedOrigins?: string;
  readonly xFrameOptions?: string;
  readonly disableSecurityMiddleware?: boolean;
  readonly staticPrefix?: string;
  readonly webhookAllowedTargets?: string;
  readonly workers?: string;
  readonly gunicornOpts?: string;
  readonly uvicornOpts?: string;
  readonly waitressOpts?: string;
  readonly dev?: boolean;
  readonly secretsCacheTtl?: string;
  readonly secretsCacheMaxSize?: string;
  readonly exposePrometheus?: string;
  readonly appName?: string;
  readonly enableWorkspaces?: boolean;
  readonly workspaceStoreUri?: string;
}

export interface ServerSettings {
  /** Undefined: embedded, in ./mlflow-data. */
  readonly backendStoreUri: string | undefined;
  readonly defaultArtifactRoot: string | undefined;
  /** Undefined: the store's default for its database. */
  readonly artifactsDestination: string | undefined;
  readonly truncateLongValues: boolean;
  readonly serveArtifacts: boolean;
  readonly artifactsOnly: boolean;
  readonly host: string;
  readonly port: number;
  readonly allowedHosts: readonly string[] | undefined;
  readonly corsAllowedOrigins: readonly string[] | undefined;
  readonly xFrameOptions: string;
  readonly disableSecurityMiddleware: boolean;
  readonly staticPrefix: string;
  readonly webhooks: WebhookSettings;
  /** What the source of a new model version must match; undefined: any source. */
  readonly modelVersionSourcePattern: RegExp | undefined;
  /** Of options that were taken and change nothing, one line each. */
  readonly notes: readonly string[];
}

const MODEL_VERSION_SOURCE_PATTERN = 'MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX';

/** Options before environment variables before defaults, as `mlflow server` has it. */
export function serverSettings(flags: ServerFlags, variables: Variables): ServerSettings {
  const given = (value: string | undefined, variable: string) =>
    emptyToUndefined(value ?? variables[variable]);
  const flag = (value: boolean | undefined, variable: string, fallback: boolean) =>
    value ?? booleanVariable(variables, variable) ?? fallback;

  const backendStoreUri = given(flags.backendStoreUri, 'MLFLOW_BACKEND_STORE_URI');
  refuseUnsupported(flags, variables, backendStoreUri);
  const serveArtifacts = flag(flags.serveArtifacts, 'MLFLOW_SERVE_ARTIFACTS', true);
  const artifactsOnly = flag(flags.artifactsOnly, 'MLFLOW_ARTIFACTS_ONLY', false);
  if (artifactsOnly && !serveArtifacts) {
    throw usageFailure('--artifacts-only and --no-serve-artifacts leave nothing to serve.');
  }
  return {
    backendStoreUri,
    defaultArtifactRoot:
      given(flags.defaultArtifactRoot, 'MLFLOW_DEFAULT_ARTIFACT_ROOT') ??
      (serveArtifacts ? undefined : resolve('./mlruns')),
    artifactsDestination: given(flags.artifactsDestination, 'MLFLOW_ARTIFACTS_DESTINATION'),
    truncateLongValues: booleanVariable(variables, 'MLFLOW_TRUNCATE_LONG_VALUES') ?? true,
    serveArtifacts,
    artifactsOnly,
    host: given(flags.host, 'MLFLOW_HOST') ?? '127.0.0.1',
    port: portOf(given(flags.port, 'MLFLOW_PORT') ?? '5000'),
    allowedHosts: listOf(given(flags.allowedHosts, 'MLFLOW_SERVER_ALLOWED_HOSTS')),
    corsAllowedOrigins: listOf(
      given(flags.corsAllowedOrigins, 'MLFLOW_SERVER_CORS_ALLOWED_ORIGINS'),
    ),
    xFrameOptions: given(flags.xFrameOptions, 'MLFLOW_SERVER_X_FRAME_OPTIONS') ?? 'SAMEORIGIN',
    disableSecurityMiddleware: flag(
      flags.disableSecurityMiddleware,
      'MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE',
      false,
    ),
    staticPrefix: staticPrefixOf(given(flags.staticPrefix, 'MLFLOW_STATIC_PREFIX') ?? ''),
    webhooks: webhookSettings(
      listOf(given(flags.webhookAllowedTargets, 'MLFLOW_CRATEDB_WEBHOOK_ALLOWED_TARGETS')),
      variables,
    ),
    modelVersionSourcePattern: patternVariable(variables, MODEL_VERSION_SOURCE_PATTERN),
    notes: notesOn(flags),
  };
}

function refuseUnsupported(
  flags: ServerFlags,
  variables: Variables,
  backendStoreUri: string | undefined,
): void {
  const registry = emptyToUndefined(
    flags.registryStoreUri ?? variables['MLFLOW_REGISTRY_STORE_URI'],
  );
  if (registry !== undefined && registry !== backendStoreUri) {
    throw usageFailure('--registry-store-uri must be the same as --backend-store-uri, or absent.');
  }
  const refused: readonly (readonly [string, unknown])[] = [
    [
      '--expose-prometheus',
      flags.exposePrometheus ?? emptyToUndefined(variables['MLFLOW_EXPOSE_PROMETHEUS']),
    ],
    ['--app-name', flags.appName],
    [
      '--enable-workspaces',
      flags.enableWorkspaces ??
        (booleanVariable(variables, 'MLFLOW_ENABLE_WORKSPACES') || undefined),
    ],
    ['--workspace-store-uri', flags.workspaceStoreUri],
  ];
  const found = refused.find(([, value]) => value !== undefined);
  if (found !== undefined) {
    throw usageFailure(
      `${found[0]} is an option of MLflow's server that mlflow-cratedb does not have yet.`,
    );
  }
}

function notesOn(flags: ServerFlags): readonly string[] {
  const idle: readonly (readonly [string, unknown])[] = [
    ['--workers', flags.workers],
    ['--gunicorn-opts', flags.gunicornOpts],
    ['--uvicorn-opts', flags.uvicornOpts],
    ['--waitress-opts', flags.waitressOpts],
    ['--dev', flags.dev],
    ['--secrets-cache-ttl', flags.secretsCacheTtl],
    ['--secrets-cache-max-size', flags.secretsCacheMaxSize],
  ];
  return idle
    .filter(([, value]) => value !== undefined)
    .map(([name]) => `${name} has no effect here: the server is one process of Node.js.`);
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw usageFailure(`The port must be a number from 0 to 65535. Got '${text}'.`);
  }
  return port;
}

function staticPrefixOf(prefix: string): string {
  if (prefix === '') return prefix;
  if (!prefix.startsWith('/')) throw usageFailure("--static-prefix must begin with a '/'.");
  if (prefix.endsWith('/')) throw usageFailure("--static-prefix should not end with a '/'.");
  return prefix;
}

/**
 * A regular expression that matches anywhere in a text. Strict (flag `u`): what Python's syntax has
 * and JavaScript's hasn't, such as `\Z` or `(?i)`, is an error, and never means something else.
 */
function patternVariable(variables: Variables, name: string): RegExp | undefined {
  const source = emptyToUndefined(variables[name]);
  if (source === undefined) return undefined;
  try {
    return new RegExp(source, 'u');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw usageFailure(
      `The environment variable ${name} must be a regular expression of JavaScript. ${reason}.`,
    );
  }
}
