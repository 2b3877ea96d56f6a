export { clientAddresses, trustedProxies } from './client-address.ts';
export { createLimiter, type Limit } from './limiter.ts';
export { connectRedis, redisUrl, type SharedCounters } from './redis.ts';
