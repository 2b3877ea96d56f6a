import { parseDatabaseUrl } from '@reslot/adapters/connect';
import { Outage } from '@reslot/core';
import type { Config } from '../config/config.ts';
import type { Services } from '../services.ts';
import { logError } from '../log.ts';
import type { Check, Finding } from './check.ts';
import { clocks } from './clocks.ts';
import { connections } from './connections.ts';
import { durability, reach } from './database.ts';
import { examine } from './examine.ts';
import { exposure } from './exposure.ts';
import { permissions, presence } from './files.ts';
import { keys } from './keys.ts';
import { outbox } from './outbox.ts';
import { migrations, writable } from './schema.ts';
import { guestLinkSecret } from './secrets.ts';

/** Looks at the settings, the database and what lies in it. Changes nothing, also not what is not up to date. */
export function diagnose(services: Services): Promise<readonly Finding[]> {
  return examine(checksOf(services), (error) => {
    if (error instanceof Outage) return error.message;
    logError(services.log, error);
    return 'it could not be looked at; the log says where it failed';
  });
}

/** Services are made when they are asked for: a file that is not there must not be opened. */
function checksOf(services: Services): readonly Check[] {
  const { config, clock } = services;
  return [
    ...fileChecks(config),
    { name: 'database', needs: 'file', look: () => reach(services.database) },
    { name: 'durability', needs: 'database', look: () => durability(services.database) },
    { name: 'clocks', needs: 'database', look: () => clocks(clock, services.outbox) },
    { name: 'migrations', needs: 'database', look: () => migrations(services.database) },
    { name: 'writing', needs: 'migrations', look: () => writable(services.database) },
    { name: 'keys', needs: 'migrations', look: () => keys(services.database, config, clock.now()) },
    { name: 'outbox', needs: 'migrations', look: () => outbox(services.database, clock.now()) },
    { name: 'settings', look: () => permissions('settings', '.env') },
    { name: 'exposure', look: () => exposure(config) },
    { name: 'guest links', look: () => guestLinkSecret(config) },
    { name: 'connections', look: () => connections(config) },
  ];
}

function fileChecks({ databaseUrl }: Config): readonly Check[] {
  const place = parseDatabaseUrl(databaseUrl);
  if (place.kind !== 'sqlite' || place.filename === ':memory:') return [];
  return [
    { name: 'file', look: () => presence(place.filename) },
    { name: 'permissions', needs: 'file', look: () => permissions('permissions', place.filename) },
  ];
}
