import { expect, test } from 'vitest';
import { createKnownFaces } from './known-faces.ts';

test('10,000 are remembered; who has stayed away for longest is forgotten', () => {
  const faces = createKnownFaces();
  for (let index = 0; index < 10_000; index += 1) faces.add(String(index));
  for (const face of ['1', 'new', 'newer']) faces.add(face);
  expect(['0', '1', '2', '3', 'newer'].map(faces.has)).toEqual([false, true, false, true, true]);
});
