import { setTimeout as wait } from 'node:timers/promises';
import type { Services } from './container.ts';
import { migrateDatabase } from './database.ts';
import { demoJson, demoText } from './demo-text.ts';
import { makeDemo } from './demo.ts';
import { keepHouse } from './housekeeping.ts';
import { listen } from './http-server.ts';
import type { Report } from './report.ts';

/** Migrates, serves, and ends when the process is told to. `greet` is told once, when the server listens. */
export async function serve(services: Services, greet: (report: Report) => void): Promise<void> {
  const stopped = stopSignal();
  await migrateDatabase(services);
  const { config, log, readiness, app, housekeeping, clock } = services;
  const listening = await listen(app, config.host, config.port);
  const house = keepHouse(housekeeping, clock, log);
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
    await house.stop();
    await listening.stop();
  }
}

/** An embedded database that nobody has a key for is a newcomer's. */
const wantsDemo = async ({ config, credentials }: Services): Promise<boolean> =>
  config.databaseUrl.startsWith('sqlite:') && (await credentials.keys()).length === 0;

/** Where a client on this machine reaches the server. */
export const localUrl = (port: number): string => `http://localhost:${port}`;

/** A second signal ends the process at once. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
}
