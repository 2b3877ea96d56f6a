import { createConnection, createServer, type Socket } from 'node:net';
import { connect, TLSSocket } from 'node:tls';
import { parseDatabaseUrl } from '@reslot/adapters/connect';
import { onTestFinished } from 'vitest';
import { KEY } from './certificates.ts';

/** What a packet begins with: three bytes of length, one that counts packets. */
const HEAD = 4;
/** The bit that says TLS, in the second byte of what either side can do. */
const TLS = 0x08;
/** Whoever asks for TLS says so in a packet as long as this, without a name; all others say who they are. */
const ASKS_FOR_TLS = 32;
const INSISTS = Buffer.from('\xff\x57\x0c#HY000no TLS', 'latin1');

type StandIn =
  /** Ends TLS with this certificate. */
  | { readonly certificate: string }
  /** Takes the offer of TLS out of what the server says, as one on the way could. */
  | 'without TLS'
  /** Says nothing more when it is asked for TLS. */
  | 'silent'
  /** Refuses whoever does not ask for TLS. */
  | 'insisting';

/** Stands before the real database server at `target`: TLS with certificates of the tests, whatever the server has itself. */
export async function tlsStandIn(target: string, kind: StandIn) {
  const sockets: Socket[] = [];
  let heard: 'nothing' | 'in TLS' | 'in the clear' = 'nothing';
  const place = parseDatabaseUrl(target);
  if (place.kind === 'sqlite') throw new TypeError('an embedded database has no server');
  const server = createServer((near) => {
    const far = createConnection(place.port, place.host);
    for (const socket of [near, far]) {
      sockets.push(socket);
      socket.on('error', () => {});
    }
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    far.once('data', (greeting) => {
      near.write(offering(greeting, kind !== 'without TLS'));
      near.once('data', (answer) => {
        const asks = answer.readUIntLE(0, 3) === ASKS_FOR_TLS;
        if (!asks) heard = 'in the clear';
        if (!asks && kind === 'insisting') near.end(Buffer.from([INSISTS.length, 0, 0, 2, ...INSISTS]));
        if (!asks || typeof kind === 'string') return;
        // TLS may have begun in the same breath.
        near.pause();
        near.unshift(answer.subarray(HEAD + ASKS_FOR_TLS));
        const client = new TLSSocket(near, { isServer: true, key: KEY, cert: kind.certificate });
        client.on('error', () => near.destroy());
        client.once('data', () => (heard = 'in TLS'));
        if (offersTls(greeting)) passOn(client, far, answer.subarray(0, HEAD + ASKS_FOR_TLS));
        else translate(client, far);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  const listening = String(typeof address === 'object' ? address?.port : address);
  return {
    /** Its URL by a name or an address of this machine. */
    at(host: string) {
      const url = new URL(target);
      url.hostname = host;
      url.port = listening;
      return url.href;
    },
    /** How it was told last who somebody is. */
    heard: () => heard,
  };
}

/** Whoever speaks TLS to it has TLS to the server as well. */
function passOn(client: TLSSocket, far: Socket, asking: Buffer): void {
  far.write(asking);
  const server = connect({ socket: far, rejectUnauthorized: false });
  server.on('error', () => far.destroy());
  client.pipe(server).pipe(client);
}

/** The server has no TLS, and must not see that there is: neither the bit, nor the packet that it would have counted. */
function translate(client: TLSSocket, far: Socket): void {
  const recounted = (packet: Buffer, by: number) => {
    packet.writeUInt8(packet.readUInt8(3) + by, 3);
    return packet;
  };
  client.once('data', (answer) => {
    answer.writeUInt8(answer.readUInt8(HEAD + 1) & ~TLS, HEAD + 1);
    far.write(recounted(answer, -1));
    // By 0 and 255 it says that the client is in, or is not; until then both take turns.
    far.on('data', function turn(packet) {
      const isOver = packet[HEAD] === 0 || packet[HEAD] === 255;
      client.write(recounted(packet, 1));
      if (isOver) {
        far.off('data', turn);
        client.pipe(far).pipe(client);
      } else client.once('data', (next) => far.write(recounted(next, -1)));
    });
  });
}

/** Where what the server can do is: after its version as text that ends with a zero, and 13 bytes. */
const abilities = (greeting: Buffer): number => greeting.indexOf(0, HEAD + 1) + 14;

const offersTls = (greeting: Buffer): boolean => (greeting.readUInt8(abilities(greeting) + 1) & TLS) !== 0;

function offering(greeting: Buffer, offer: boolean): Buffer {
  const at = abilities(greeting) + 1;
  const other = Buffer.from(greeting);
  other.writeUInt8(offer ? other.readUInt8(at) | TLS : other.readUInt8(at) & ~TLS, at);
  return other;
}
