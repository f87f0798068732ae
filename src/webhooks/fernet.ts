/**
 * Fernet, the format in which MLflow encrypts secrets: AES-128-CBC under a HMAC-SHA256.
 * @see https://github.com/fernet/spec/blob/master/Spec.md
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

const VERSION = 0x80;
const TIME_BYTES = 8;
const IV_BYTES = 16;
const HMAC_BYTES = 32;
const HEAD_BYTES = 1 + TIME_BYTES + IV_BYTES;

/** 32 bytes: the first half signs, the second encrypts. */
export type FernetKey = Buffer;

export function newFernetKey(): FernetKey {
  return randomBytes(32);
}

/** As Python's `Fernet.generate_key()` prints it; undefined where it is none. */
export function parseFernetKey(text: string): FernetKey | undefined {
  if (!/^[\w-]{43}=$/.test(text.trim())) return undefined;
  const key = Buffer.from(text.trim(), 'base64url');
  return key.length === 32 ? key : undefined;
}

export function printFernetKey(key: FernetKey): string {
  return padded(key);
}

export function fernetEncrypt(key: FernetKey, text: string): string {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt8(VERSION, 0);
  head.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1_000)), 1);
  const iv = randomBytes(IV_BYTES);
  iv.copy(head, 1 + TIME_BYTES);
  const cipher = createCipheriv('aes-128-cbc', key.subarray(16), iv);
  const signed = Buffer.concat([head, cipher.update(text, 'utf8'), cipher.final()]);
  return padded(Buffer.concat([signed, hmacOf(key, signed)]));
}

/** @throws Error where it is no token of this key. */
export function fernetDecrypt(key: FernetKey, token: string): string {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length < HEAD_BYTES + IV_BYTES + HMAC_BYTES || bytes[0] !== VERSION) {
    throw new Error('It is no Fernet token.');
  }
  const signed = bytes.subarray(0, -HMAC_BYTES);
  if (!timingSafeEqual(hmacOf(key, signed), bytes.subarray(-HMAC_BYTES))) {
    throw new Error('The Fernet token is of another key.');
  }
  const iv = signed.subarray(1 + TIME_BYTES, HEAD_BYTES);
  const decipher = createDecipheriv('aes-128-cbc', key.subarray(16), iv);
  return Buffer.concat([decipher.update(signed.subarray(HEAD_BYTES)), decipher.final()]).toString(
    'utf8',
  );
}

function hmacOf(key: FernetKey, signed: Buffer): Buffer {
  return createHmac('sha256', key.subarray(0, 16)).update(signed).digest();
}

/** Python's base64 keeps the `=` at the end. */
function padded(bytes: Buffer): string {
  const text = bytes.toString('base64url');
  return text + '='.repeat((4 - (text.length % 4)) % 4);
}
