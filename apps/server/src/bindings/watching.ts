import type { Watch } from '@reslot/adapters/http';
import type { Clock } from '@reslot/core';
import type { Logger } from 'pino';
import { logRequest } from '../log.ts';
import type { Metrics } from '../running/metrics.ts';

/** Has requests measured, and noted where the log goes into such detail; undefined where neither is wanted. */
export function watchOf(log: Logger, clock: Clock, metrics: Metrics | undefined): Watch | undefined {
  if (!log.isLevelEnabled('debug')) return metrics?.request;
  return () => {
    const since = clock.now();
    const measured = metrics?.request();
    return (served) => {
      measured?.(served);
      logRequest(log, served, clock.now() - since);
    };
  };
}
