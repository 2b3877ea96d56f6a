import type { Config } from '../config/config.ts';
import { ok, warning, type Finding } from './check.ts';
import { isLoopback, isReached } from './loopback.ts';

/** What the settings let others reach. */
export const exposure = (config: Config): readonly Finding[] => [
  api(config),
  metrics(config),
  limits(config),
  origins(config),
  webhooks(config),
];

/** The server speaks HTTP: what ends TLS stands before it, and PUBLIC_URL tells that it does. */
function api(config: Config): Finding {
  const { host, publicUrl } = config;
  const where = publicUrl === undefined ? `HOST=${host}` : `HOST=${host}, ${new URL(publicUrl).origin}`;
  return isReached(config) && !publicUrl?.startsWith('https:')
    ? warning(
        'api',
        `${where}: nothing says that clients come by TLS`,
        'Put a proxy that ends TLS before it, and set PUBLIC_URL to its https:// URL; credentials and links of guests can be read on the way otherwise.',
      )
    : ok('api', where);
}

function metrics({ metricsAt }: Config): Finding {
  if (!metricsAt) return ok('metrics', 'none, as METRICS_PORT is not set');
  const where = `METRICS_HOST=${metricsAt.host}, port ${metricsAt.port}`;
  return isLoopback(metricsAt.host)
    ? ok('metrics', where)
    : warning(
        'metrics',
        `${where}: whoever reaches it may read it`,
        'Set METRICS_HOST to 127.0.0.1, or let only what watches the server reach that port.',
      );
}

function limits(config: Config): Finding {
  const { rateLimits, trustedProxies, publicUrl } = config;
  if (!rateLimits) {
    return isReached(config)
      ? warning(
          'limits',
          'RATE_LIMIT=off: whoever reaches it may ask and guess as often as he likes',
          'Leave RATE_LIMIT out, or set it to the requests a minute of a credential.',
        )
      : ok('limits', 'RATE_LIMIT=off, on this machine alone');
  }
  // Something ends TLS, and only a proxy does.
  return publicUrl?.startsWith('https:') && trustedProxies === undefined
    ? warning(
        'limits',
        'no TRUSTED_PROXIES: all clients have the address of the proxy that ends TLS, and one can lock the others out',
        'Set TRUSTED_PROXIES to the number of proxies, or to their networks.',
      )
    : ok('limits', `${rateLimits.perCredential} requests a minute of a credential`);
}

function origins({ corsOrigins }: Config): Finding {
  const open = corsOrigins.filter(
    (origin) => origin.startsWith('http:') && !isLoopback(new URL(origin).hostname),
  );
  return open.length > 0
    ? warning(
        'origins',
        `CORS_ORIGINS: ${open.join(', ')}: whoever is on the way can put his own script into such a page`,
        'Serve these pages by https.',
      )
    : ok('origins', corsOrigins.length > 0 ? corsOrigins.join(', ') : 'none');
}

const webhooks = ({ webhooksAllowPrivate }: Config): Finding =>
  webhooksAllowPrivate
    ? warning(
        'webhook addresses',
        'WEBHOOKS_ALLOW_PRIVATE=true: every tenant can have the server connect to what is inside its network',
        'Set it to false, unless every tenant may reach all that the server reaches.',
      )
    : ok('webhook addresses', 'public ones, by https');
