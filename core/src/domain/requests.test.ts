import { describe, expect, test } from 'vitest';
import { replayOf, REQUEST_LIFETIME, type RequestRecord } from './requests.ts';
import { Schedule } from './schedule.ts';
import { DAY } from './time.ts';

const NOW = Date.UTC(2026, 4, 1, 12);
const record: RequestRecord = {
  appId: 'app',
  principal: 'key',
  digest: 'd1',
  fingerprint: 'f1',
  answer: 'the answer',
  expiresAt: NOW + REQUEST_LIFETIME,
};

describe('a request', () => {
  test('that comes again is answered as before, for a day', () => {
    const replayed = { kind: 'replayed', answer: 'the answer' };
    expect(REQUEST_LIFETIME).toBe(DAY);
    expect(replayOf(record, 'f1', NOW)).toEqual(replayed);
    expect(replayOf(record, 'f1', NOW + DAY - 1)).toEqual(replayed);
    expect(replayOf(record, 'f1', NOW + DAY)).toBeUndefined();
  });

  test('with the key of another one is a mistake, for as long', () => {
    expect(replayOf(record, 'f2', NOW)).toEqual({ kind: 'key_reused' });
    expect(replayOf(record, 'f2', NOW + DAY - 1)).toEqual({ kind: 'key_reused' });
    expect(replayOf(record, 'f2', NOW + DAY)).toBeUndefined();
  });

  test('with a key that is not known has to be judged', () => {
    expect(replayOf(undefined, 'f1', NOW)).toBeUndefined();
  });

  test('is known by its app, its caller and its key', () => {
    const schedule = new Schedule({ requests: [record] });
    expect(schedule.request({ appId: 'app', principal: 'key', digest: 'd1' })).toBe(record);
    expect(schedule.request({ appId: 'other', principal: 'key', digest: 'd1' })).toBeUndefined();
    expect(schedule.request({ appId: 'app', principal: 'other', digest: 'd1' })).toBeUndefined();
    expect(schedule.request({ appId: 'app', principal: 'key', digest: 'd2' })).toBeUndefined();
    const later = { ...record, answer: 'another answer' };
    schedule.recordRequest(later);
    expect(schedule.request(record)).toBe(later);
  });
});
