import { setTimeout as wait } from 'node:timers/promises';
import type { Services } from '../services.ts';
import { clientsOf } from '../bindings/clients.ts';
import { migrateDatabase } from './database.ts';
import { demoJson, demoText } from '../commands/demo-text.ts';
import { makeDemo } from '../commands/demo.ts';
import { keepHouse } from './housekeeping.ts';
import { keepRelaying } from './relaying.ts';
import { listen } from './http-server.ts';
import { whileMeasured } from './metrics-server.ts';
import { localUrl } from './local-url.ts';
import type { Report } from '../commands/report.ts';

/** Migrates, serves, and ends when the process is told to. `greet` is told once, when the server listens. */
export async function serve(services: Services, greet: (report: Report) => void): Promise<void> {
  const stopped = stopSignal();
  await migrateDatabase(services);
  await whileMeasured(services, () => serveUntil(stopped, services, greet));
}

async function serveUntil(
  stopped: Promise<NodeJS.Signals>,
  services: Services,
  greet: (report: Report) => void,
): Promise<void> {
  const { config, log, readiness, app } = services;
  const listening = await listen(app, config.host, config.port, clientsOf(config));
  const house = keepHouse(services);
  const relaying = config.relays ? keepRelaying(services) : undefined;
  try {
    const demo = (await wantsDemo(services)) ? await makeDemo(services) : undefined;
    const url = config.publicUrl ?? localUrl(listening.port);
    const greeting = `Reslot listens on ${config.host}, port ${listening.port}. Its documentation: ${url}/docs`;
    greet({
      json: { url, port: listening.port, demo: demo ? demoJson(demo) : null },
      text: demo ? `${greeting}\n${demoText(demo, url)}` : greeting,
    });
    log.info({ signal: await stopped }, 'stopping');
    readiness.drain();
    listening.drain();
    await wait(config.drainSeconds * 1000);
  } finally {
    // At once: an attempt that a slow receiver draws out keeps nobody's connection open.
    await Promise.all([house.stop(), relaying?.stop(), listening.stop()]);
  }
}

/** An embedded database that nobody has a key for is a newcomer's. */
const wantsDemo = async ({ config, credentials }: Services): Promise<boolean> =>
  config.databaseUrl.startsWith('sqlite:') && (await credentials.keys()).length === 0;

/** A second signal ends the process at once. */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
}
