import { compare } from './compare.ts';
import { overload } from './overload.ts';
import { processes } from './processes.ts';
import { relay } from './relay.ts';
import { scale } from './scale.ts';
import { soak } from './soak.ts';
import { where } from './where.ts';

/** What can be measured; each takes its own options and prints a table. */
const BENCHES = { compare, scale, processes, overload, relay, soak, where };

const [name = 'compare', ...words] = process.argv.slice(2);
const [bench, options] = name.startsWith('-') ? ['compare', [name, ...words]] : [name, words];
const run = Object.entries(BENCHES).find(([known]) => known === bench)?.[1];
if (!run) throw new Error(`there is ${Object.keys(BENCHES).join(', ')}, and no ${bench}`);
await run(options);
