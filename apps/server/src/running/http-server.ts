import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import {
  errorBody,
  FOR_PROGRAMS,
  problems,
  type Client,
  type HttpApp,
  type Problem,
} from '@reslot/adapters/http';
import { newRequestId } from '@reslot/adapters/ids';
import { Mistake } from '../commands/mistake.ts';

const REQUEST_TIMEOUT = 10_000;
const TIMEOUT_CHECKS = 1_000;
const CLOSE_TIMEOUT = 10_000;
const SWEEP_INTERVAL = 100;
const GOODBYE_TIMEOUT = 1_000;
const MAX_HEADER_BYTES = 16 * 1024;

/** A server that listens. */
export interface Listening {
  /** The port it has, also when it was asked to choose one. */
  readonly port: number;
  /** From now on an answer is the last one on its connection, so that clients go elsewhere. */
  drain(): void;
  /** Takes no more connections, lets what was accepted be answered, and then ends. */
  stop(): Promise<void>;
}

/** Throws a Mistake when it cannot listen there. `clientOf` says who has sent a request. */
export async function listen(
  app: HttpApp,
  host: string,
  port: number,
  clientOf: (incoming: Pick<IncomingMessage, 'headers' | 'socket'>) => Client,
): Promise<Listening> {
  // Requests without a Host are answered too: some probes send none.
  const handle = getRequestListener((request, { incoming }) => app.fetch(request, clientOf(incoming)), {
    hostname: 'localhost',
    errorHandler: () => {
      const { headers, body } = earlyAnswer(MALFORMED);
      return new Response(body, { status: MALFORMED.status, headers });
    },
  });
  const unanswered = new Set<ServerResponse>();
  let draining = false;
  const server = createServer(
    {
      requestTimeout: REQUEST_TIMEOUT,
      headersTimeout: REQUEST_TIMEOUT,
      connectionsCheckingInterval: TIMEOUT_CHECKS,
      maxHeaderSize: MAX_HEADER_BYTES,
      requireHostHeader: false,
    },
    (incoming, outgoing) => {
      if (draining) outgoing.setHeader('Connection', 'close');
      unanswered.add(outgoing);
      outgoing.once('close', () => unanswered.delete(outgoing));
      void handle(incoming, outgoing);
    },
  );
  server.on('clientError', refuse);
  server.on('checkExpectation', (_, outgoing: ServerResponse) => {
    const { headers, body } = earlyAnswer(EXPECTATION);
    outgoing.writeHead(EXPECTATION.status, headers).end(body);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new Mistake(`HOST and PORT: cannot listen on ${host}, port ${port}: ${error.code}`));
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    drain() {
      draining = true;
      for (const outgoing of unanswered) if (!outgoing.headersSent) outgoing.setHeader('Connection', 'close');
    },
    stop: () => close(server),
  };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const patience = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT);
    // A connection that has its answer is idle, and would keep the process for its keep-alive time.
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_INTERVAL);
    server.close(() => {
      clearTimeout(patience);
      clearInterval(sweep);
      resolve();
    });
  });
}

const MALFORMED = problems.malformed('this is not a sound HTTP/1.1 request');
const EXPECTATION: Problem = {
  status: 417,
  code: 'expectation_failed',
  message: 'only 100-continue can be expected',
};
const PARSER_PROBLEMS: Record<string, Problem> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: 'headers_too_large',
    message: `the head may have ${MAX_HEADER_BYTES} bytes`,
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: 'request_timeout',
    message: `the request was not complete after ${REQUEST_TIMEOUT / 1000} seconds`,
  },
};

/** An answer that is made before HTTP has a route, with an id of its own. */
interface EarlyAnswer {
  readonly headers: Record<string, string>;
  readonly body: string;
}

function earlyAnswer(problem: Problem): EarlyAnswer {
  const id = newRequestId();
  const body = JSON.stringify(errorBody(problem, id));
  const length = String(Buffer.byteLength(body));
  return {
    headers: {
      ...FOR_PROGRAMS,
      'Content-Type': 'application/json',
      'Content-Length': length,
      'X-Request-Id': id,
    },
    body,
  };
}

/** Answers what Node's parser refuses, before any route is known, in the envelope of every other error. */
function refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') return;
  const problem = PARSER_PROBLEMS[error.code ?? ''] ?? MALFORMED;
  const { headers, body } = earlyAnswer(problem);
  const lines = Object.entries({ ...headers, Connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('')}\r\n${body}`);
  // A peer that keeps its own half open would keep the request, and all that it holds, for ever.
  setTimeout(() => socket.destroy(), GOODBYE_TIMEOUT).unref();
}
