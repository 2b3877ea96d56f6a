import { readFileSync } from 'node:fs';
import { bodyOf, envelopeOf, SUBSCRIBABLE, type CallEvent, type EnvelopeData } from '@reslot/core';
import { describe, expect, test } from 'vitest';

const PAGE = readFileSync(new URL('../../../docs/events.md', import.meta.url), 'utf8');

const [first, ...examples] = PAGE.matchAll(
  /(?:### (scheduled\.\w+)\n\n[^`]*(?:`[^`]+`[^`]*)*)?```json\n(.+?)```/gs,
);

interface Shown extends Pick<EnvelopeData, 'previous' | 'current' | 'changed'> {
  readonly withheld?: readonly string[];
}

describe('the page about events', () => {
  test('shows an envelope as it is made', () => {
    const event: CallEvent = {
      appId: '0190a000-0000-7000-8000-000000000001',
      callId: '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b',
      seq: 2,
      version: 2,
      at: Date.UTC(2026, 3, 30, 9, 2),
      actor: { type: 'guest', id: 'amina' },
      source: 'scheduled-calls',
      reason: 'Guest asked for Sunday',
      type: 'rescheduled',
      from: { startsAt: Date.UTC(2026, 4, 2, 16) },
      to: { startsAt: Date.UTC(2026, 4, 3, 16) },
      reminders: [
        { kind: '24h', from: Date.UTC(2026, 4, 1, 16), to: Date.UTC(2026, 4, 2, 16), reason: null },
        { kind: '1h', from: Date.UTC(2026, 4, 2, 15), to: Date.UTC(2026, 4, 3, 15), reason: null },
        { kind: '15m', from: Date.UTC(2026, 4, 2, 15, 45), to: Date.UTC(2026, 4, 3, 15, 45), reason: null },
      ],
    };
    expect(JSON.parse(first?.[2] ?? '')).toEqual(JSON.parse(bodyOf(envelopeOf(event, ''))));
  });

  test('has every type, each with what it changes', () => {
    expect(examples.map(([, type]) => type)).toEqual(SUBSCRIBABLE);
    for (const [, type, json = ''] of examples) {
      const { previous, current, changed, withheld = [] }: Shown = JSON.parse(json);
      const names = Object.keys(current);
      const differ = names.filter((name) => (previous[name] ?? null) !== current[name]);
      expect([type, changed]).toEqual([type, [...differ, ...withheld].toSorted()]);
    }
  });
});
