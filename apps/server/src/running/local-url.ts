/** Where a client on this machine reaches the server. */
export const localUrl = (port: number): string => `http://localhost:${port}`;
