import { memoryStore } from '@reslot/adapters/memory';
import { expect, test } from 'vitest';
import { createMetrics } from './metrics.ts';

test('a store that is measured gives its thread away as it did', () => {
  const yieldThread = async () => {};
  const { store } = createMetrics(async () => ({ events: 0, deliveries: 0 }));
  expect(store({ ...memoryStore(), yieldThread }).yieldThread).toBe(yieldThread);
});
