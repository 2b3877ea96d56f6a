import {
  credentialStoreContract,
  housekeepingContract,
  outboxContract,
  scheduleQueriesContract,
  scheduleStoreContract,
} from './contract/index.ts';
import { describeOnServers, engines, openEngine, openPlainEngine } from './engines/engines.ts';

for (const name of engines()) {
  scheduleStoreContract(name, () => openEngine(name));
  scheduleQueriesContract(name, () => openEngine(name));
  credentialStoreContract(name, () => openEngine(name));
  housekeepingContract(name, () => openEngine(name));
  outboxContract(name, () => openEngine(name));
}

describeOnServers('an application’s own connection', (name) => {
  scheduleStoreContract(name, () => openPlainEngine(name));
});
