/**
 * Where webhooks may lead: a server that calls any URL it is given could be sent to what only it
 * can reach (server-side request forgery). A URL is checked when it is written, and again whenever
 * it is called: then its host is looked up once, and the connection goes to those very addresses.
 */
import { lookup } from 'node:dns/promises';
import { type BlockList, isIP } from 'node:net';

import { invalidParameter, type MlflowError } from '../domain/errors.js';
import { pythonString } from '../domain/python-text.js';
import type { WebhookTargets } from '../domain/webhooks/index.js';
import { has, isPublic, networks } from './addresses.js';

export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

export interface GuardOptions {
  /** Without a colon. Default: `https`. */
  readonly allowedSchemes?: readonly string[] | undefined;
  /** No check of addresses at all. Default: false. */
  readonly allowPrivateIps?: boolean | undefined;
  /**
   * Host names (`hooks.internal`, `*.internal`), addresses and networks (`10.1.0.0/16`) that may be
   * called though they are not public.
   */
  readonly allowedTargets?: readonly string[] | undefined;
  /** Looks a host name up. Default: as the operating system does. */
  readonly resolve?: ((hostname: string) => Promise<readonly Address[]>) | undefined;
}

export interface Guard extends WebhookTargets {
  /**
   * The addresses that a call may go to.
   * @throws INVALID_PARAMETER_VALUE where it may not be called.
   * @throws HostUnknownError where the host can't be looked up now.
   */
  addressesOf(url: string): Promise<readonly Address[]>;
}

/** The host could not be looked up: it may be one day. */
export class HostUnknownError extends Error {
  override readonly name = 'HostUnknownError';
}

const DEFAULT_SCHEMES = ['https'];

/** @throws INVALID_PARAMETER_VALUE where an allowed target can't be read. */
export function createGuard({
  allowedSchemes = DEFAULT_SCHEMES,
  allowPrivateIps = false,
  allowedTargets = [],
  resolve = resolveHost,
}: GuardOptions = {}): Guard {
  const allowed = parseTargets(allowedTargets);

  async function addressesOf(text: string): Promise<readonly Address[]> {
    const hostname = hostOf(text, allowedSchemes);
    const version = isIP(hostname);
    const addresses =
      version === 0
        ? await lookUp(hostname, resolve)
        : [{ address: hostname, family: version === 4 ? 4 : 6 } as const];
    if (allowPrivateIps || allowed.isName(hostname)) return addresses;
    for (const { address } of addresses) {
      // One that is not public is enough: which one is called is not ours to choose.
      if (!isPublic(address) && !has(allowed.networks, address)) {
        throw notPublic(hostname, address);
      }
    }
    return addresses;
  }

  return {
    addressesOf,
    async check(url) {
      if (allowPrivateIps) {
        // Then MLflow looks nothing up.
        hostOf(url, allowedSchemes);
        return;
      }
      try {
        await addressesOf(url);
      } catch (error) {
        throw error instanceof HostUnknownError ? invalidParameter(error.message) : error;
      }
    },
  };
}

/** The host as it is called: `0x7f.1` is 127.0.0.1, brackets are gone. */
function hostOf(text: string, schemes: readonly string[]): string {
  const scheme = /^\s*([a-z][a-z\d+.-]*):/i.exec(text)?.[1]?.toLowerCase() ?? '';
  if (!schemes.includes(scheme)) {
    throw invalidParameter(
      `Invalid webhook URL scheme: ${pythonString(scheme)}. ` +
        `Allowed schemes are: ${schemes.join(', ')}.`,
    );
  }
  if (!/^\s*[^:]+:\/\/[^/?#\s]/.test(text)) throw noHost(text);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw invalidParameter(`Invalid webhook URL ${pythonString(text)}: it is not a valid URL.`);
  }
  if (url.hostname === '') throw noHost(text);
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

function noHost(text: string): MlflowError {
  return invalidParameter(`Webhook URL must include a hostname: ${pythonString(text)}`);
}

function notPublic(hostname: string, address: string): MlflowError {
  return invalidParameter(
    'Webhook URL must not resolve to a non-public IP address. ' +
      `${pythonString(hostname)} resolves to ${address}.`,
  );
}

async function lookUp(
  hostname: string,
  resolve: (hostname: string) => Promise<readonly Address[]>,
): Promise<readonly Address[]> {
  let addresses: readonly Address[] = [];
  let reason = 'it has no address';
  try {
    addresses = await resolve(hostname);
  } catch (error) {
    reason = error instanceof Error && 'code' in error ? String(error.code) : 'the lookup failed';
  }
  if (addresses.length > 0) return addresses;
  throw new HostUnknownError(
    `Cannot resolve webhook URL hostname ${pythonString(hostname)}: ${reason}`,
  );
}

async function resolveHost(hostname: string): Promise<readonly Address[]> {
  const found = await lookup(hostname, { all: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
}

interface AllowedTargets {
  readonly networks: BlockList;
  isName(hostname: string): boolean;
}

/** A name, or `*.` and a name: all below it. */
const HOST_NAME = /^(?:\*\.)?[a-z\d_-]+(?:\.[a-z\d_-]+)*$/i;

function parseTargets(texts: readonly string[]): AllowedTargets {
  const isName = (text: string) => HOST_NAME.test(text) && isIP(text) === 0;
  const names = texts.filter(isName);
  const others = texts.filter((text) => !isName(text));
  let list: BlockList;
  try {
    list = networks(others);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw invalidParameter(
      `Allowed webhook targets must be host names, addresses or networks: ${error.message}`,
    );
  }
  const lower = names.map((name) => name.toLowerCase());
  return {
    networks: list,
    isName: (hostname) =>
      lower.some((name) =>
        name.startsWith('*.') ? hostname.endsWith(name.slice(1)) : hostname === name,
      ),
  };
}
