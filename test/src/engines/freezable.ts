import { createConnection, createServer, type Socket } from 'node:net';

/**
 * A way to the database server at `target` that can be frozen: what is sent then goes nowhere, and nothing is closed.
 * It freezes by itself when somebody sends `when`.
 */
export async function freezable(target: string, when?: string) {
  const sockets: Socket[] = [];
  const freeze = () => {
    for (const socket of sockets) socket.unpipe().pause();
  };
  const { hostname, port } = new URL(target);
  const proxy = createServer({ allowHalfOpen: true }, (near) => {
    const far = createConnection(Number(port), hostname);
    sockets.push(near, far);
    near.on('data', (data) => {
      if (when !== undefined && data.includes(when)) freeze();
    });
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String(typeof address === 'object' ? address?.port : address);
  return {
    url: url.href,
    freeze,
    close() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
    },
  };
}
