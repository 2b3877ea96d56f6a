import { createServer } from 'node:http';
import type { Services } from '../services.ts';
import { Mistake } from '../commands/mistake.ts';
import type { Metrics } from './metrics.ts';

/** Does the work, and lets the process be watched meanwhile, if the settings say where. */
export async function whileMeasured(
  { config: { metricsAt }, metrics, log }: Pick<Services, 'config' | 'metrics' | 'log'>,
  work: () => Promise<void>,
): Promise<void> {
  if (!metricsAt || !metrics) return work();
  const { port, stop } = await serveMetrics(metrics, metricsAt);
  log.info({ metricsPort: port }, 'measuring');
  try {
    await work();
  } finally {
    stop();
  }
}

/** Answers `GET /metrics`, and nothing else, on a port of its own. Throws a Mistake when it cannot listen there. */
async function serveMetrics(
  metrics: Metrics,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<{ readonly port: number; stop(): void }> {
  const server = createServer({ requestTimeout: 5_000 }, (incoming, outgoing) => {
    if (incoming.method !== 'GET' || incoming.url !== '/metrics') {
      outgoing.writeHead(404).end();
      return;
    }
    metrics.text().then(
      (text) => outgoing.writeHead(200, { 'Content-Type': metrics.contentType }).end(text),
      () => outgoing.writeHead(500).end(),
    );
  });
  server.maxConnections = 16;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new Mistake(`METRICS_HOST and METRICS_PORT: cannot listen there: ${error.code}`));
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
