import { fields, type Redelivery } from '@reslot/core';
import type { Services } from '../services.ts';
import { Mistake } from './mistake.ts';
import type { Report } from './report.ts';

/** Has deliveries made again that are over by now, however many. */
export async function redrive(
  { credentials, webhooks }: Services,
  { app, endpoint, state }: { app: string; endpoint?: string; state: string },
): Promise<Report> {
  const [appId, id] = [app.toLowerCase(), endpoint?.toLowerCase()];
  if (!(await credentials.app(appId))) throw new Mistake(`--app: there is no app ${app}`);
  const wrong = id === undefined ? undefined : fields.id(id);
  if (wrong !== undefined) throw new Mistake(`--endpoint: ${wrong}`);
  if (state !== 'dead' && state !== 'delivered') throw new Mistake('--state: must be dead or delivered');
  let redelivered = 0;
  for (let wish: Redelivery | null = { state }; wish;) {
    const outcome = await webhooks.redeliver(appId, id, wish);
    if (outcome.kind !== 'redelivered') throw new Mistake(`--endpoint: the app has no webhook ${endpoint}`);
    redelivered += outcome.many;
    wish = outcome.next;
  }
  return {
    json: { appId, endpoint: id ?? null, state, redelivered },
    text: `${redelivered} deliveries are made again`,
  };
}
