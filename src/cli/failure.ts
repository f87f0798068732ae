import { MlflowError } from '../domain/index.js';
import { EXIT } from './exit-codes.js';

/** The end of the program: one line for a person, and what the shell sees. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: number;

  constructor(message: string, exitCode: number, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

export function usageFailure(message: string): Failure {
  return new Failure(message, EXIT.usage);
}

/**
 * Why the store did not open. Neutral: by the names of errors, whatever library threw them.
 *
 * @param exitCode of a command that does not tell its errors apart
 */
export function storeFailure(
  error: unknown,
  uri: string | undefined,
  exitCode?: number,
): Failure {
  const message = hidePassword(messageOf(error), uri);
  if (error instanceof Error && error.name === 'DataFolderInUseError') {
    return new Failure(message, exitCode ?? EXIT.dataFolderInUse, { cause: error });
  }
  const wrongUri =
    (error instanceof MlflowError && error.errorCode === 'INVALID_PARAMETER_VALUE') ||
    codeOf(error) === 'ERR_INVALID_URL' ||
    // The dialect's way to refuse a URL that it cannot read.
    (error instanceof TypeError && error.message.includes('CrateDB URL'));
  if (wrongUri) return new Failure(message, exitCode ?? EXIT.usage, { cause: error });
  const where = uri === undefined ? 'the embedded database' : hidePassword(uri, uri);
  return new Failure(`Cannot use ${where}: ${message}`, exitCode ?? EXIT.database, {
    cause: error,
  });
}

export function listenFailure(error: unknown, host: string, port: number): Failure {
  const address = `${host}:${port}`;
  return new Failure(addressProblem(codeOf(error), address) ?? messageOf(error), EXIT.address, {
    cause: error,
  });
}

function addressProblem(code: string | undefined, address: string): string | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return `Cannot listen on ${address}: the port is in use. Choose another with --port.`;
    case 'EACCES':
      return `Cannot listen on ${address}: no permission for this port.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `Cannot listen on ${address}: this machine has no such address.`;
    default:
      return undefined;
  }
}

/** One line. An error of several attempts (one per address of a host) has its text inside. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  const own = error.message.split('\n', 1)[0]?.trim() ?? '';
  if (own !== '') return own;
  return inner === undefined ? (codeOf(error) ?? error.name) : messageOf(inner);
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function hidePassword(text: string, uri: string | undefined): string {
  const password = /^[^:]+:\/\/[^:/@]*:([^@/]+)@/.exec(uri ?? '')?.[1];
  return password === undefined ? text : text.replaceAll(`:${password}@`, ':***@');
}
