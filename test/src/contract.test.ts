import { credentialStoreContract, scheduleQueriesContract, scheduleStoreContract } from './contract/index.ts';
import { engines, openEngine } from './engines/engines.ts';

for (const name of engines()) {
  scheduleStoreContract(name, () => openEngine(name));
  scheduleQueriesContract(name, () => openEngine(name));
  credentialStoreContract(name, () => openEngine(name));
}
