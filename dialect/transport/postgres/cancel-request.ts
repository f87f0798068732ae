import type { PgClient } from '../../config.js';
import { NotSupportedError } from '../../errors/index.js';

/** https://www.postgresql.org/docs/current/protocol-message-formats.html: CancelRequest */
const CANCEL_REQUEST_CODE = 80_877_102;

/**
 * Asks the server to end what the client's connection is executing. It goes over a connection of its
 * own to the same host, unencrypted as in PostgreSQL: it holds no more than two random numbers.
 */
export async function sendCancelRequest(client: PgClient): Promise<void> {
  const { host, port, processID, secretKey } = client;
  if (
    host === undefined ||
    port === undefined ||
    typeof processID !== 'number' ||
    typeof secretKey !== 'number'
  ) {
    throw new NotSupportedError(
      "A statement can't be cancelled on this pool: its clients don't tell their host and key, as those of pg do.",
    );
  }
  const message = Buffer.alloc(16);
  message.writeInt32BE(message.length, 0);
  message.writeInt32BE(CANCEL_REQUEST_CODE, 4);
  message.writeInt32BE(processID, 8);
  message.writeInt32BE(secretKey, 12);

  const { connect } = await import('node:net');
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host, port }, () => {
      socket.end(message);
    });
    // The server answers by closing.
    socket.once('error', reject);
    socket.once('close', () => {
      resolve();
    });
    socket.resume();
  });
}
