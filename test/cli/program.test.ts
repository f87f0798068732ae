import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { EXIT } from '../../src/cli/exit-codes.js';
import { listenFailure, messageOf, storeFailure } from '../../src/cli/failure.js';
import { run } from '../../src/cli/program.js';
import { serverSettings } from '../../src/cli/settings.js';
import { MlflowError } from '../../src/domain/errors.js';

describe('the command line', () => {
  let output = '';
  beforeEach(() => {
    output = '';
    const keep = (text: string | Uint8Array) => {
      output += text.toString();
      return true;
    };
    vi.spyOn(process.stderr, 'write').mockImplementation(keep);
    vi.spyOn(process.stdout, 'write').mockImplementation(keep);
    vi.stubEnv('MLFLOW_REGISTRY_STORE_URI', '');
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  it.each([
    [['server', '--prot', '1'], "mlflow-cratedb: unknown option '--prot' (Did you mean --port?)\n"],
    [
      ['server', '--port', 'x'],
      "mlflow-cratedb: The port must be a number from 0 to 65535. Got 'x'.\n",
    ],
    [['server', '--port'], "mlflow-cratedb: option '-p, --port <port>' argument missing\n"],
    [['serve'], "mlflow-cratedb: unknown command 'serve' (Did you mean server?)\n"],
    [
      ['server', '--static-prefix', 'p'],
      "mlflow-cratedb: --static-prefix must begin with a '/'.\n",
    ],
    [
      ['server', '--static-prefix', '/p/'],
      "mlflow-cratedb: --static-prefix should not end with a '/'.\n",
    ],
    [
      ['server', '--backend-store-uri', 'crate://a', '--registry-store-uri', 'crate://b'],
      'mlflow-cratedb: --registry-store-uri must be the same as --backend-store-uri, or absent.\n',
    ],
    [
      ['server', '--app-name', 'basic-auth'],
      "mlflow-cratedb: --app-name is an option of MLflow's server that mlflow-cratedb does not have yet.\n",
    ],
  ])('%j: one clear line and exit code 2', async (args, line) => {
    expect(await run(args)).toBe(EXIT.usage);
    expect(output).toBe(line);
  });

  it('refuses a pattern that is none', async () => {
    const variable = 'MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX';
    vi.stubEnv(variable, '(');
    expect(await run(['server'])).toBe(EXIT.usage);
    expect(output).toBe(
      `mlflow-cratedb: The environment variable ${variable} must be a regular expression of ` +
        'JavaScript. Invalid regular expression: /(/u: Unterminated group.\n',
    );
  });

  it('refuses further arguments', async () => {
    expect(await run(['server', 'x'])).toBe(EXIT.usage);
    expect(output.trim().split('\n')).toHaveLength(1);
  });

  it('prints its version and its help', async () => {
    expect(await run(['--version'])).toBe(EXIT.ok);
    expect(output).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
    expect(await run(['server', '--help'])).toBe(EXIT.ok);
    expect(output).toContain('--backend-store-uri <uri>');
    expect(output).toContain('MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX');
  });
});

describe('serverSettings', () => {
  it('has the defaults of mlflow server', () => {
    expect(serverSettings({}, {})).toMatchObject({
      backendStoreUri: undefined,
      defaultArtifactRoot: undefined,
      artifactsDestination: undefined,
      serveArtifacts: true,
      artifactsOnly: false,
      host: '127.0.0.1',
      port: 5000,
      allowedHosts: undefined,
      corsAllowedOrigins: undefined,
      xFrameOptions: 'SAMEORIGIN',
      disableSecurityMiddleware: false,
      staticPrefix: '',
      truncateLongValues: true,
      modelVersionSourcePattern: undefined,
      notes: [],
    });
  });

  it('reads its environment variables', () => {
    const variables = {
      MLFLOW_BACKEND_STORE_URI: 'crate://crate@localhost',
      MLFLOW_REGISTRY_STORE_URI: 'crate://crate@localhost',
      MLFLOW_DEFAULT_ARTIFACT_ROOT: '/data/root',
      MLFLOW_ARTIFACTS_DESTINATION: '/data/artifacts',
      MLFLOW_SERVE_ARTIFACTS: 'false',
      MLFLOW_HOST: '0.0.0.0',
      MLFLOW_PORT: '6000',
      MLFLOW_SERVER_ALLOWED_HOSTS: 'a, b',
      MLFLOW_SERVER_CORS_ALLOWED_ORIGINS: 'http://c',
      MLFLOW_SERVER_X_FRAME_OPTIONS: 'NONE',
      MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE: 'true',
      MLFLOW_STATIC_PREFIX: '/p',
      MLFLOW_TRUNCATE_LONG_VALUES: 'false',
      MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX: '^(s3|mlflow-artifacts):/',
    };
    expect(serverSettings({}, variables)).toMatchObject({
      backendStoreUri: 'crate://crate@localhost',
      defaultArtifactRoot: '/data/root',
      artifactsDestination: '/data/artifacts',
      serveArtifacts: false,
      host: '0.0.0.0',
      port: 6000,
      allowedHosts: ['a', 'b'],
      corsAllowedOrigins: ['http://c'],
      xFrameOptions: 'NONE',
      disableSecurityMiddleware: true,
      staticPrefix: '/p',
      truncateLongValues: false,
      modelVersionSourcePattern: /^(s3|mlflow-artifacts):\//u,
    });
  });

  it('lets options win over the environment', () => {
    const variables = { MLFLOW_PORT: '6000', MLFLOW_SERVE_ARTIFACTS: 'false', MLFLOW_HOST: 'h' };
    expect(
      serverSettings({ port: '7000', serveArtifacts: true, host: 'i' }, variables),
    ).toMatchObject({
      port: 7000,
      serveArtifacts: true,
      host: 'i',
    });
    expect(() => serverSettings({}, { MLFLOW_SERVE_ARTIFACTS: 'maybe' })).toThrow(
      "must be 'true' or 'false'",
    );
  });

  it.each([
    ['(', 'Invalid regular expression: /(/u: Unterminated group.'],
    // Python's end of the text; without strictness it would be the letter Z.
    [String.raw`^s3:.*\Z`, String.raw`Invalid regular expression: /^s3:.*\Z/u: Invalid escape.`],
    ['(?i)^s3:', 'Invalid regular expression: /(?i)^s3:/u: Invalid group.'],
  ])('refuses %s as a pattern of sources', (pattern, reason) => {
    const variable = 'MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX';
    expect(() => serverSettings({}, { [variable]: pattern })).toThrow(
      `The environment variable ${variable} must be a regular expression of JavaScript. ${reason}`,
    );
  });

  it('keeps artifacts of new experiments on this machine when it serves none', () => {
    expect(serverSettings({ serveArtifacts: false }, {}).defaultArtifactRoot).toMatch(
      /[\\/]mlruns$/,
    );
    expect(() => serverSettings({ serveArtifacts: false, artifactsOnly: true }, {})).toThrow(
      'nothing to serve',
    );
  });

  it('takes options that mean nothing here, and says so', () => {
    expect(serverSettings({ workers: '4', gunicornOpts: '-k x' }, {}).notes).toEqual([
      '--workers has no effect here: the server is one process of Node.js.',
      '--gunicorn-opts has no effect here: the server is one process of Node.js.',
    ]);
  });
});

describe('failures', () => {
  it('tell apart what went wrong', () => {
    const coded = (code: string) => Object.assign(new Error('x'), { code });
    const named = (name: string) => Object.assign(new Error('x'), { name });
    expect(storeFailure(coded('ECONNREFUSED'), 'crate://crate@h').exitCode).toBe(EXIT.database);
    expect(storeFailure(coded('ERR_INVALID_URL'), 'crate://:::').exitCode).toBe(EXIT.usage);
    expect(
      storeFailure(new TypeError('CrateDB URL: schema is empty.'), 'crate://h/?schema=').exitCode,
    ).toBe(EXIT.usage);
    expect(storeFailure(new MlflowError('INVALID_PARAMETER_VALUE', 'x'), 'y:').exitCode).toBe(
      EXIT.usage,
    );
    expect(storeFailure(named('DataFolderInUseError'), undefined).exitCode).toBe(
      EXIT.dataFolderInUse,
    );
    expect(listenFailure(coded('EADDRINUSE'), 'h', 1)).toMatchObject({
      exitCode: EXIT.address,
      message: 'Cannot listen on h:1: the port is in use. Choose another with --port.',
    });
  });

  it('never show a password', () => {
    const uri = 'crate://user:s3cret@host/';
    expect(storeFailure(new Error(`no way to ${uri}`), uri).message).toBe(
      'Cannot use crate://user:***@host/: no way to crate://user:***@host/',
    );
  });

  it('find the text of an error of several attempts', () => {
    expect(messageOf(new AggregateError([new Error('connect ECONNREFUSED 127.0.0.1:1')], ''))).toBe(
      'connect ECONNREFUSED 127.0.0.1:1',
    );
    expect(messageOf(new Error('first line\nsecond'))).toBe('first line');
  });
});
