import Database from 'libsql';
import { expect, test, vi } from 'vitest';
import { connect } from './connect.ts';

test('of the statements that are kept the one goes that was not used for longest', async () => {
  const prepare = vi.spyOn(Database.prototype, 'prepare');
  const db = connect('sqlite::memory:');
  try {
    const ask = (number: number) => db.raw(`select ${number} as number`);
    for (let number = 0; number < 300; number += 1) await ask(number);
    await ask(0);
    await ask(300);
    prepare.mockClear();
    await ask(0);
    await ask(1);
    expect(prepare.mock.calls).toEqual([['select 1 as number']]);
  } finally {
    await db.destroy();
    prepare.mockRestore();
  }
});
