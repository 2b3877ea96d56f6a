export { ALGORITHMS, createTokenVerifier, type Algorithm, type JwtOptions } from './verifier.ts';
export { jwksSource } from './sources.ts';
export type { JwksSource } from './key-set.ts';
