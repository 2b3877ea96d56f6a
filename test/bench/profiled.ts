import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';

/** Preloaded by a server that is measured: SIGUSR2 begins a profile, the next one ends it and writes `PROFILE`. */
const MICROSECONDS = 500;
const session = new Session();
session.connect();
let running = false;

process.on('SIGUSR2', () => {
  if (!running) {
    session.post('Profiler.enable');
    session.post('Profiler.setSamplingInterval', { interval: MICROSECONDS });
    session.post('Profiler.start');
  } else {
    session.post('Profiler.stop', (error, { profile }) => {
      if (error) throw error;
      writeFileSync(process.env.PROFILE ?? 'profile.cpuprofile', JSON.stringify(profile));
    });
  }
  running = !running;
});
