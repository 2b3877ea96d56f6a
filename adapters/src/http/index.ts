export { MOST_REQUESTS } from './admission.ts';
export { KEY_LIFE } from './credential-cache.ts';
export { createApp, type HttpApp } from './app.ts';
export { digestOf, secretsOf, type Secrets } from './credentials.ts';
export type { HttpPorts, Readiness } from './environment.ts';
export { problems, type Problem } from './problems.ts';
export { errorBody } from './envelopes.ts';
