import { createSocket } from 'node:dgram';
import { isIPv4 } from 'node:net';
import { onTestFinished } from 'vitest';

const A = 1;
const AAAA = 28;
const NAME_ERROR = 3;

export interface NameServer {
  /** As `dnsNames` takes it. */
  readonly server: string;
  readonly asked: readonly string[];
}

/**
 * A name server on loopback (RFC 1035) that answers each name with what `addressesOf` gives, and that there is no such name
 * when it gives none; not at all when it gives undefined.
 */
export async function nameServer(
  addressesOf: (name: string) => readonly string[] | undefined,
): Promise<NameServer> {
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const { name, type, end } = questionOf(query);
    asked.push(`${name} ${type}`);
    const addresses = addressesOf(name);
    if (addresses) socket.send(answerTo(query.subarray(0, end), type, addresses), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  onTestFinished(() => void socket.close());
  return { server: `127.0.0.1:${socket.address().port}`, asked };
}

function questionOf(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function answerTo(question: Buffer, type: number, addresses: readonly string[]): Buffer {
  const fitting = addresses.filter(
    (address) => isIPv4(address) === (type === A) && (type === A || type === AAAA),
  );
  const head = Buffer.from(question);
  head.writeUInt16BE(0x8180 | (addresses.length === 0 ? NAME_ERROR : 0), 2);
  head.writeUInt16BE(fitting.length, 6);
  head.writeUInt16BE(0, 10);
  return Buffer.concat([head, ...fitting.map((address) => recordOf(type, bytesOf(address)))]);
}

/** It belongs to the name at byte 12, and is not to be kept. */
function recordOf(type: number, bytes: Buffer): Buffer {
  const record = Buffer.alloc(12);
  record.writeUInt16BE(0xc00c, 0);
  record.writeUInt16BE(type, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt16BE(bytes.length, 10);
  return Buffer.concat([record, bytes]);
}

/** IPv6 in its eight groups. */
const bytesOf = (address: string): Buffer =>
  isIPv4(address)
    ? Buffer.from(address.split('.').map(Number))
    : Buffer.from(
        address
          .split(':')
          .map((group) => group.padStart(4, '0'))
          .join(''),
        'hex',
      );
