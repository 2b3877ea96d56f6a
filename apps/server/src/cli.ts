import { Command } from 'commander';
import { loadEnvFile, readConfig } from './config.ts';
import { createServices, type Services } from './container.ts';
import { addApp, addKey, listKeys, revokeKey } from './credential-commands.ts';
import { migrateDatabase } from './database.ts';
import { demoJson, demoText } from './demo-text.ts';
import { makeDemo } from './demo.ts';
import { logError } from './log.ts';
import { Mistake } from './mistake.ts';
import type { Report } from './report.ts';
import { localUrl, serve } from './serve.ts';

interface Output {
  readonly json?: true;
}

const print =
  ({ json: wanted }: Output) =>
  ({ json, text }: Report): void => {
    process.stdout.write(`${wanted ? JSON.stringify(json) : text}\n`);
  };

async function withServices(work: (services: Services) => Promise<void>): Promise<void> {
  loadEnvFile();
  const services = createServices(readConfig(process.env));
  try {
    await work(services);
  } catch (error) {
    if (!(error instanceof Mistake)) logError(services.log, error);
    throw error;
  } finally {
    await services.close();
  }
}

/** Migrates first, so that every command works on a database that was just made. */
const report = (output: Output, work: (services: Services) => Promise<Report>): Promise<void> =>
  withServices(async (services) => {
    await migrateDatabase(services);
    print(output)(await work(services));
  });

const program = new Command('reslot').description(
  'Moves booked calls. Settings come from the environment; .env.example lists them.',
);
const command = (parent: Command, name: string): Command =>
  parent.command(name).option('--json', 'print JSON');

command(program, 'serve')
  .description('migrate the database and serve both APIs; an empty embedded database gets a demo app')
  .action((options) => withServices((services) => serve(services, print(options))));

command(program, 'migrate')
  .description('bring the database up to date')
  .action((options) =>
    withServices(async (services) => {
      const ran = await migrateDatabase(services);
      print(options)({ json: { ran }, text: `${ran.length} migrations ran` });
    }),
  );

command(program, 'demo')
  .description('make a demo app with agents, calls and a credential')
  .action((options) =>
    report(options, async (services) => {
      const demo = await makeDemo(services);
      const { publicUrl, port } = services.config;
      return { json: demoJson(demo), text: demoText(demo, publicUrl ?? localUrl(port)) };
    }),
  );

const apps = program.command('apps').description('tenants');
command(apps, 'create')
  .option('--id <uuid>', 'the id of the app (default: a new one)')
  .option('--name <name>', 'a name for people')
  .action((options) => report(options, (services) => addApp(services, options)));

const keys = program.command('keys').description('credentials');
command(keys, 'create')
  .requiredOption('--app <id>', 'the app that the key belongs to')
  .requiredOption('--scopes <list>', 'scopes, separated by commas')
  .option('--ttl <lifetime>', 'such as 90s, 30m, 12h, 365d (default: no end)')
  .action((options) => report(options, (services) => addKey(services, options)));
command(keys, 'list')
  .option('--app <id>', 'of one app only')
  .action((options) => report(options, (services) => listKeys(services, options)));
command(keys, 'revoke')
  .argument('<keyId>')
  .action((keyId, options) => report(options, (services) => revokeKey(services, keyId)));

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(
    `reslot: ${error instanceof Mistake ? error.message : 'failed; the log says where'}\n`,
  );
  process.exitCode = 1;
}
