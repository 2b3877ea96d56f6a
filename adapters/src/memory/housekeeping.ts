import type { Housekeeping } from '@reslot/core';
import type { MemoryDatabase } from './database.ts';

export function memoryHousekeeping(db: MemoryDatabase): Housekeeping {
  return {
    async forgetHolds(now, most) {
      const over = [...db.holds].filter(([, { expiresAt }]) => expiresAt <= now).slice(0, most);
      for (const [key] of over) db.holds.delete(key);
      return over.length;
    },
    async forgetRequests(now, most) {
      const expired = [...db.requests].filter(([, { expiresAt }]) => expiresAt <= now).slice(0, most);
      for (const [key] of expired) db.requests.delete(key);
      return expired.length;
    },
  };
}
