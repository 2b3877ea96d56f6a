import { ACTOR_TYPES, DAY, MINUTE, type ActorType } from '@reslot/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { iso, NOW, openApi, type Api } from './api.ts';
import { detailsOf, newTenant, speakingFor, type Tenant } from './tenants.ts';

const START = NOW + 2 * DAY;

describe.each(engines())('the rules of the policy on %s', (name) => {
  let api: Api;
  let tenant: Tenant;
  beforeAll(async () => {
    api = await openApi(name);
  });
  afterAll(() => api?.close());
  beforeEach(async () => {
    api.clock.set(NOW);
    tenant = await newTenant(api);
    await tenant.agent('ana');
  });

  const patch = (id: string, body: object, actor: ActorType = 'api', headers = {}) =>
    tenant.patch(id, body, { ...speakingFor(actor), ...headers });
  const to = (startsAt: number) => ({ scheduledAtUtc: iso(startsAt) });

  /** A rule, when the move is asked for, where to, how it is refused, and a move that keeps the rule. */
  type Case = [
    rule: string,
    ofActor: object,
    wait: number,
    wanted: number,
    refusal: object,
    fine: [wait: number, wanted: number],
  ];
  const HOUR = 60 * MINUTE;
  const CASES: Case[] = [
    [
      'minNoticeToOldMinutes',
      { minNoticeToOldMinutes: 60 },
      2 * DAY - HOUR + 1,
      START + DAY,
      { reason: 'too_soon', limit: iso(START - HOUR) },
      [2 * DAY - HOUR, START + DAY],
    ],
    [
      'minNoticeToNewMinutes',
      { minNoticeToNewMinutes: 60 },
      0,
      NOW + HOUR - 1,
      { reason: 'too_soon', limit: iso(NOW + HOUR) },
      [0, NOW + HOUR],
    ],
    [
      'horizonDays',
      { horizonDays: 3 },
      0,
      NOW + 3 * DAY + 1,
      { reason: 'too_late', limit: iso(NOW + 3 * DAY) },
      [0, NOW + 3 * DAY],
    ],
    [
      'graceAfterStartMinutes',
      { graceAfterStartMinutes: 10 },
      2 * DAY + 10 * MINUTE + 1,
      START + DAY,
      { reason: 'too_late', limit: iso(START + 10 * MINUTE) },
      [2 * DAY + 10 * MINUTE, START + DAY],
    ],
    ['maxMoves', { maxMoves: 0 }, 0, START + DAY, { reason: 'limit_reached', limit: 0 }, [0, START]],
    [
      'maxTotalShiftMinutes',
      { maxTotalShiftMinutes: 60 },
      0,
      START - HOUR - 1,
      { reason: 'limit_reached', limit: 60 },
      [0, START + HOUR],
    ],
  ];

  describe.each(ACTOR_TYPES)('for an actor of kind %s', (actor) => {
    /** Binds this actor, and nobody else. */
    const bind = (ofActor: object) => tenant.settle({ actors: { [actor]: ofActor } });
    const another: ActorType = actor === 'api' ? 'guest' : 'api';

    test.each(CASES)('%s', async (rule, ofActor, wait, wanted, refusal, [fineWait, fine]) => {
      await bind(ofActor);
      const [held, kept, free] = [
        await tenant.book({ startsAt: START, agentId: null }),
        await tenant.book({ startsAt: START, agentId: null }),
        await tenant.book({ startsAt: START, agentId: null }),
      ];
      api.clock.advance(wait);
      const refused = await patch(held.id, to(wanted), actor);
      expect([refused.status, detailsOf(refused)]).toEqual([409, { rule, ...refusal }]);
      expect((await patch(held.id, { guestName: 'Bruno' }, actor)).status).toBe(200);
      expect((await patch(free.id, to(wanted), another)).status).toBe(200);
      api.clock.set(NOW + fineWait);
      expect((await patch(kept.id, to(fine), actor)).status).toBe(200);
    });

    test('allowed', async () => {
      await bind({ allowed: false });
      const { id } = await tenant.book({ startsAt: START });
      await tenant.agent('ben');
      for (const body of [to(START + DAY), { assignedAgentId: 'ben' }]) {
        const refused = await patch(id, body, actor);
        expect([refused.status, detailsOf(refused)]).toEqual([403, { reason: 'not_allowed', actor }]);
      }
      expect((await patch(id, { guestName: 'Bruno' }, actor)).status).toBe(200);
      expect((await patch(id, to(START + DAY), another)).status).toBe(200);
    });

    test('reasonRequired', async () => {
      await bind({ reasonRequired: true });
      const { id } = await tenant.book({ startsAt: START });
      for (const body of [to(START + DAY), { ...to(START + DAY), reason: ' ' }]) {
        const refused = await patch(id, body, actor);
        expect([refused.status, detailsOf(refused)]).toEqual([
          400,
          { reason: 'reason_required', issues: [{ path: 'reason', message: expect.any(String) }] },
        ]);
      }
      expect((await patch(id, { ...to(START + DAY), reason: 'ill' }, actor)).status).toBe(200);
      expect((await patch(id, to(START), another)).status).toBe(200);
    });

    test('a PUT of the calls family obeys it', async () => {
      await bind({ maxMoves: 1, reasonRequired: false });
      const { id } = await tenant.book({ startsAt: START });
      const move = (startsAt: number) =>
        tenant.voice(
          'PUT',
          `/call_${id}/schedule`,
          { scheduled_timestamp: startsAt / 1000 },
          speakingFor(actor),
        );
      expect((await move(START + DAY)).status).toBe(200);
      const { status, body } = await move(START);
      expect([status, body.message, body.error]).toEqual([
        409,
        'Conflict',
        expect.stringMatching(/^limit_reached: .*maxMoves/),
      ]);
    });
  });
});
