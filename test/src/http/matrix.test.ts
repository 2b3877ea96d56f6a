import { randomUUID } from 'node:crypto';
import { SCOPES, type Scope } from '@reslot/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newIssuer, newSigner, verifierFor, type Signer } from '../jwt/issuer.ts';
import { iso, NOW, openApi, type Api } from './api.ts';
import { SOMEWHERE } from './hooks.ts';

/** Every operation of the served document, with every set of scopes, as every tenant: who may do what. */

/** What each operation wants; one that is not here fails the first test. */
const WANTED: Record<string, Scope> = {
  listScheduledCalls: 'scheduling:read',
  getScheduledCall: 'scheduling:read',
  getInvitation: 'scheduling:read',
  getAgent: 'scheduling:read',
  getAgentAvailability: 'scheduling:read',
  findDisplacedCalls: 'scheduling:read',
  findSlots: 'scheduling:read',
  getPolicy: 'scheduling:read',
  getCall: 'scheduling:read',
  createScheduledCall: 'scheduling:write',
  updateScheduledCall: 'scheduling:write',
  cancelScheduledCall: 'scheduling:write',
  confirmScheduledCall: 'scheduling:write',
  startScheduledCall: 'scheduling:write',
  completeScheduledCall: 'scheduling:write',
  noShowScheduledCall: 'scheduling:write',
  addScheduledCallReminder: 'scheduling:write',
  undoScheduledCallMove: 'scheduling:write',
  issueGuestLink: 'scheduling:write',
  rescheduleMany: 'scheduling:write',
  placeHold: 'scheduling:write',
  releaseHold: 'scheduling:write',
  updateCallSchedule: 'scheduling:write',
  cancelCallSchedule: 'scheduling:write',
  saveAgent: 'scheduling:admin',
  saveAgentAvailability: 'scheduling:admin',
  savePolicy: 'scheduling:admin',
  createWebhook: 'webhooks:manage',
  listWebhooks: 'webhooks:manage',
  getWebhook: 'webhooks:manage',
  updateWebhook: 'webhooks:manage',
  deleteWebhook: 'webhooks:manage',
  rotateWebhookSecret: 'webhooks:manage',
  testWebhook: 'webhooks:manage',
  redeliver: 'webhooks:manage',
  listWebhookDeliveries: 'webhooks:manage',
};

const DAY = 24 * 3_600_000;
const stretch = `fromUtc=${encodeURIComponent(iso(NOW + DAY))}&toUtc=${encodeURIComponent(iso(NOW + 2 * DAY))}`;

/** What a sound request of an operation has beside its path; `callId` is one that the caller's app has, `turn` another each time. */
const CONTENT: Record<string, (callId: string, turn: number) => { query?: string; body?: unknown }> = {
  findDisplacedCalls: () => ({ query: stretch }),
  findSlots: () => ({ query: `${stretch}&durationMinutes=30&stepMinutes=60` }),
  createScheduledCall: () => ({
    body: {
      scheduledAtUtc: iso(NOW + 3 * DAY),
      appTimezone: 'UTC',
      guestName: 'Bo',
      guestPhone: '+33123456789',
    },
  }),
  updateScheduledCall: () => ({ body: { guestName: 'Bo' } }),
  addScheduledCallReminder: () => ({ body: { minutesBefore: 33 } }),
  undoScheduledCallMove: () => ({ body: {} }),
  issueGuestLink: () => ({ body: { purposes: ['cancel'] } }),
  rescheduleMany: (id) => ({ body: { moves: [{ id, scheduledAtUtc: iso(NOW + 5 * DAY) }] } }),
  placeHold: (_, turn) => ({
    body: { agentId: 'ben', startUtc: iso(NOW + 40 * DAY + turn * 3_600_000), durationMinutes: 30 },
  }),
  updateCallSchedule: () => ({ body: { scheduled_timestamp: (NOW + 6 * DAY) / 1000 } }),
  saveAgent: () => ({ body: { name: 'Ana', active: true } }),
  saveAgentAvailability: () => ({ body: { windows: [], exceptions: [], doNotDisturb: [] } }),
  savePolicy: () => ({ body: { actors: {}, undoWindowMinutes: 61 } }),
  createWebhook: () => ({ body: { url: SOMEWHERE } }),
  updateWebhook: () => ({ body: { description: 'mine' } }),
  rotateWebhookSecret: () => ({ body: {} }),
  testWebhook: () => ({ body: {} }),
  redeliver: () => ({ body: { state: 'dead' } }),
};

/** Puts an agent that is not there: whoever may, has it in its own app. After it the app has heard of it: it comes last. */
const PUTS = 'saveAgent';

const SCOPE_SETS: { name: string; scopes: readonly Scope[] | undefined }[] = [
  { name: 'no credential', scopes: undefined },
  { name: 'no scope', scopes: [] },
  ...SCOPES.map((scope) => ({ name: scope, scopes: [scope] })),
  { name: 'every scope', scopes: SCOPES },
];

/** Whose thing the path names; `path` is that of the other app, app and all. */
const TARGETS = ['own', 'other', 'missing', 'path'] as const;
type Target = (typeof TARGETS)[number];

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly operationId: string;
  readonly security: Record<string, string[]>[];
}

/** What an app has that paths can name. */
interface Things {
  readonly appId: string;
  readonly call: string;
  readonly hold: string;
  readonly webhook: string;
  readonly agent: string;
}

const isVideo = ({ path }: Operation) => path.includes('{appId}');
const namesThing = ({ path }: Operation) => /\{(id|callId|agentId)\}/.test(path);
const kindsOf = (operation: Operation) => (isVideo(operation) ? ['token', 'JWT'] : ['pair']);
const targetsOf = (operation: Operation) =>
  TARGETS.filter((target) =>
    target === 'path' ? isVideo(operation) : target === 'own' || namesThing(operation),
  );

function pathOf({ path }: Operation, appId: string, { call, hold, webhook, agent }: Omit<Things, 'appId'>) {
  const id = path.includes('/holds/') ? hold : path.includes('/webhooks/') ? webhook : call;
  return path
    .replace('{appId}', appId)
    .replace('{id}', id)
    .replace('{callId}', `call_${call}`)
    .replace('{agentId}', agent);
}

function expected(operation: Operation, scopes: readonly Scope[] | undefined, target: Target): string {
  if (scopes === undefined) return '401';
  const wanted = WANTED[operation.operationId];
  if (target === 'path' || wanted === undefined || !scopes.includes(wanted)) return '403';
  if (target === 'own' || operation.operationId === PUTS) return '2xx';
  return '404';
}

describe.each(['memory', 'sqlite'] as const)('who may do what, on %s', (engine) => {
  let api: Api;
  let operations: Operation[];
  let signer: Signer;
  let mine: Things;
  let theirs: Things;
  let hour = 0;
  let combinations = 0;

  /** New things of an app, moved once so that there is something to undo. */
  async function things(appId: string): Promise<Things> {
    hour += 2;
    const told = { appId, actor: { type: 'admin', id: 'test' }, source: 'test' } as const;
    const call = await api.book({ appId, agentId: null });
    const moved = {
      ...told,
      type: 'reschedule',
      callId: call.id,
      edits: { startsAt: NOW + 2 * DAY },
    } as const;
    expect((await api.scheduler.execute(moved)).kind).toBe('accepted');
    const agent = appId === api.appId ? 'ana' : 'zoe';
    const startUtc = iso(NOW + 9 * DAY + hour * 3_600_000);
    const hold = await asAll(appId, 'POST', '/holds', { agentId: agent, startUtc, durationMinutes: 30 });
    const webhook = await asAll(appId, 'POST', '/webhooks', { url: SOMEWHERE });
    return {
      appId,
      call: call.id,
      hold: hold.body.data.hold.id,
      webhook: webhook.body.data.webhook.id,
      agent,
    };
  }

  const keys = new Map<string, string>();
  /** A request of an app that may do everything. */
  async function asAll(appId: string, method: string, path: string, body?: unknown) {
    const token = keys.get(appId) ?? (await api.newKey({ appId, scopes: [...SCOPES] })).token;
    keys.set(appId, token);
    return api.request(method, `/api/v1/video/${appId}${path}`, body, { Authorization: `Bearer ${token}` });
  }

  /** All that an app has. */
  async function stateOf(appId: string): Promise<string> {
    const { probe } = api.engine;
    const paths = ['/scheduled-calls?limit=200', '/policy', '/webhooks'];
    const agents = ['ana', 'zoe', 'nobody'].flatMap((id) => [`/agents/${id}`, `/agents/${id}/availability`]);
    const answers = [];
    for (const path of [...paths, ...agents]) answers.push((await asAll(appId, 'GET', path)).body);
    const told = JSON.stringify([await probe.calls(appId), await probe.events(appId), answers]);
    return told.replaceAll(/"requestId":"[^"]*"/g, '');
  }

  const shown = new Map<string, Record<string, string>>();
  async function credential(kind: string, scopes: readonly Scope[] | undefined) {
    const name = `${kind} ${scopes?.join()}`;
    const headers = shown.get(name) ?? (await headersOf(kind, scopes));
    shown.set(name, headers);
    return headers;
  }

  async function headersOf(
    kind: string,
    scopes: readonly Scope[] | undefined,
  ): Promise<Record<string, string>> {
    if (scopes === undefined) return {};
    if (kind === 'JWT') {
      const token = await signer.sign({ app_id: api.appId, scope: scopes.join(' ') });
      return { Authorization: `Bearer ${token}` };
    }
    const { token, apiKey, apiSecret } = await api.newKey({ scopes });
    return kind === 'token'
      ? { Authorization: `Bearer ${token}` }
      : { 'X-API-KEY': apiKey, 'X-API-SECRET': apiSecret };
  }

  beforeAll(async () => {
    signer = await newSigner('one');
    const { verifier } = verifierFor(newIssuer(signer));
    api = await openApi(engine, NOW, undefined, undefined, verifier);
    const otherApp = randomUUID();
    await api.engine.credentials.addApp({ id: otherApp, name: 'Other', createdAt: NOW });
    await api.scheduler.saveAgent({ agent: { appId: otherApp, id: 'zoe', name: 'Zoe', active: true } });
    mine = await things(api.appId);
    theirs = await things(otherApp);
    const { body } = await api.request('GET', '/openapi.json');
    const paths: [string, Record<string, Omit<Operation, 'method' | 'path'>>][] = Object.entries(body.paths);
    operations = paths.flatMap(([path, methods]) =>
      path.startsWith('/api/')
        ? Object.entries(methods).map(([method, found]) => ({ ...found, method: method.toUpperCase(), path }))
        : [],
    );
  });
  afterAll(() => api?.close());

  test('each operation of the document says the scope that the table has for it', () => {
    const said = operations.map(({ operationId, security }) => [operationId, security]);
    const table = operations.map((operation) => {
      const scope = WANTED[operation.operationId];
      return [
        operation.operationId,
        isVideo(operation) ? [{ bearer: [scope] }] : [{ apiKey: [scope], apiSecret: [scope] }],
      ];
    });
    expect(said).toEqual(table);
    expect(operations.map(({ operationId }) => operationId).toSorted()).toEqual(
      Object.keys(WANTED).toSorted(),
    );
  });

  test('what is refused is refused alike and changes nothing; what is allowed is done', async () => {
    const wrong: string[] = [];
    const untouched = await stateOf(theirs.appId);
    const compare: (() => void)[] = [];
    const last = operations.filter(({ operationId }) => operationId === PUTS);
    for (const operation of [...operations.filter((one) => !last.includes(one)), ...last]) {
      const ask = async (kind: string, scopes: readonly Scope[] | undefined, target: Target) => {
        const isAllowed = expected(operation, scopes, target) === '2xx';
        const own = isAllowed ? await things(api.appId) : mine;
        const nobodys = { call: randomUUID(), hold: randomUUID(), webhook: randomUUID(), agent: 'nobody' };
        const named = { own, other: theirs, missing: nobodys, path: theirs }[target];
        const path = pathOf(operation, target === 'path' ? theirs.appId : api.appId, named);
        const { query = '', body } = CONTENT[operation.operationId]?.(own.call, combinations) ?? {};
        const headers = { ...(await credential(kind, scopes)), 'X-Request-Id': 'the-same' };
        const answer = await api.request(operation.method, `${path}?${query}`, body, headers);
        // The calls family repeats the id that it was asked for, and an agent has the id that it was put by.
        const text = Object.values(named).reduce((left, id) => left.replaceAll(id, 'ID'), answer.text);
        combinations += 1;
        if (isAllowed) {
          await asAll(api.appId, 'DELETE', `/webhooks/${own.webhook}`);
          await asAll(api.appId, 'DELETE', `/holds/${own.hold}`);
        }
        return { ...answer, text };
      };
      const before = await stateOf(mine.appId);
      const allowed: (() => Promise<void>)[] = [];
      for (const kind of kindsOf(operation)) {
        for (const { name, scopes } of SCOPE_SETS) {
          const answers = new Map<Target, string>();
          for (const target of targetsOf(operation)) {
            const wanted = expected(operation, scopes, target);
            const check = async () => {
              const { status, text, headers } = await ask(kind, scopes, target);
              const got = status >= 200 && status < 300 ? '2xx' : String(status);
              if (got !== wanted)
                wrong.push(
                  `${operation.operationId}, ${kind}, ${name}, ${target}: ${status} in place of ${wanted}: ${text}`,
                );
              answers.set(target, JSON.stringify([status, [...headers], text]));
            };
            // Last, as they change what is there.
            if (wanted === '2xx') allowed.push(check);
            else await check();
          }
          compare.push(() => {
            const [other, missing] = [answers.get('other'), answers.get('missing')];
            if (other !== missing)
              wrong.push(`${operation.operationId}, ${name}: ${other} is not ${missing}`);
          });
        }
      }
      if ((await stateOf(mine.appId)) !== before)
        wrong.push(`${operation.operationId}: what was refused has left a trace`);
      for (const check of allowed) await check();
    }
    for (const check of compare) check();
    expect(wrong).toEqual([]);
    expect(await stateOf(theirs.appId)).toBe(untouched);
    // oxlint-disable-next-line no-console
    console.log(`${combinations} combinations`);
  }, 300_000);
});
