import { spawnSync } from 'node:child_process';

import type { Databases } from './connect.ts';
import type { Table } from './table.ts';

/** Each in a process of its own, which reports its peak as the operating system has it. */
export function measureStream({ url, httpUrl }: Databases, rows: number): Table {
  const lines = [
    ['`stream(1000)`', run('stream', url, rows)],
    ['`stream(10000)`', run('stream-large', url, rows)],
    ['`stream(1000)`, HTTP', run('stream', httpUrl, rows)],
    ['`execute()` of a tenth', run('execute', url, Math.round(rows / 10))],
  ] as const;
  return [
    ['read', 'rows', 'seconds', 'peak memory of the process', 'of a process that reads one row'],
    ...lines.map(([name, { count, seconds, peakMb, idleMb }]) => [
      name,
      count.toLocaleString('en-US'),
      seconds.toFixed(1),
      `${String(peakMb)} MB`,
      `${String(idleMb)} MB`,
    ]),
  ];
}

interface Reported {
  readonly count: number;
  readonly seconds: number;
  readonly peakMb: number;
  readonly idleMb: number;
}

function run(way: string, url: string, rows: number): Reported {
  const script = `${import.meta.dirname}/stream-process.ts`;
  const { stdout, stderr } = spawnSync(process.execPath, [script, way, url, String(rows)], {
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Reported;
}
