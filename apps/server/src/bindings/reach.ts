import type { Config } from '../config/config.ts';

/** A network that is trusted with private addresses is trusted without TLS. */
export const reachOf = ({ webhooksAllowPrivate: trusted }: Pick<Config, 'webhooksAllowPrivate'>) => ({
  allowPrivate: trusted,
  allowHttp: trusted,
});
