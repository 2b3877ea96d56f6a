import { Command } from 'commander';
import { loadEnvFile, readConfig } from './config/config.ts';
import { WrongSettings } from './config/wrong-settings.ts';
import { createServices } from './container.ts';
import type { Services } from './services.ts';
import { addApp, addKey, expireKey, listKeys, revokeKey, rotateKey } from './commands/credential-commands.ts';
import { migrateDatabase } from './running/database.ts';
import { demoJson, demoText } from './commands/demo-text.ts';
import { makeDemo } from './commands/demo.ts';
import { diagnose } from './doctor/doctor.ts';
import type { Finding } from './doctor/check.ts';
import { reportOf, stateOf } from './doctor/print.ts';
import { wrongSettings } from './doctor/wrong-settings.ts';
import { endOnMistakes, logError } from './log.ts';
import { Mistake } from './commands/mistake.ts';
import type { Report } from './commands/report.ts';
import { relayUntil } from './running/relaying.ts';
import { localUrl } from './running/local-url.ts';
import { serve, stopSignal } from './running/serve.ts';
import { redrive } from './commands/webhook-commands.ts';

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
  endOnMistakes(services.log);
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

command(program, 'relay')
  .description('work the outbox off, as a process beside servers with RELAY=off')
  .action(() =>
    withServices(async (services) => {
      const stopped = stopSignal();
      await migrateDatabase(services);
      await relayUntil(services, stopped);
    }),
  );

command(program, 'migrate')
  .description('bring the database up to date')
  .action((options) =>
    withServices(async (services) => {
      const ran = await migrateDatabase(services);
      print(options)({ json: { ran }, text: `${ran.length} migrations ran` });
    }),
  );

command(program, 'doctor')
  .description('look at the settings and the database, and say what to do; changes nothing')
  .action(async (options) => {
    const tell = (findings: readonly Finding[]) => {
      print(options)(reportOf(findings));
      if (stateOf(findings) === 'problem') process.exitCode = 1;
    };
    try {
      await withServices(async (services) => tell(await diagnose(services)));
    } catch (error) {
      if (!(error instanceof WrongSettings)) throw error;
      tell(wrongSettings(error));
    }
  });

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
command(keys, 'rotate')
  .description('give a key a new secret; the present one holds for a while')
  .argument('<keyId>')
  .option('--overlap <time>', 'how long both hold, such as 90s, 12h, 7d, or 0', '24h')
  .action((keyId, options) => report(options, (services) => rotateKey(services, keyId, options)));
command(keys, 'expire')
  .description('set when a key ends')
  .argument('<keyId>')
  .requiredOption('--in <lifetime>', 'such as 90s, 30m, 12h, 365d, or never')
  .action((keyId, options) => report(options, (services) => expireKey(services, keyId, options)));
command(keys, 'revoke')
  .argument('<keyId>')
  .action((keyId, options) => report(options, (services) => revokeKey(services, keyId)));

const webhooks = program.command('webhooks').description('what apps are told');
command(webhooks, 'redrive')
  .description('have deliveries of an app made again that are over')
  .requiredOption('--app <id>', 'the app')
  .option('--endpoint <id>', 'to one of its webhooks (default: to wherever they were to go)')
  .option('--state <state>', 'dead, which nobody tries any more, or delivered', 'dead')
  .action((options) => report(options, (services) => redrive(services, options)));

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(
    `reslot: ${error instanceof Mistake ? error.message : 'failed; the log says where'}\n`,
  );
  process.exitCode = 1;
}
