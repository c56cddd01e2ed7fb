import { cpus } from 'node:os';

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** The machine, as every report has to name it. */
export function machine() {
  const [{ model = 'unknown processor' } = {}] = cpus();
  return `${new Date().toISOString().slice(0, 10)} · ${cpus().length} × ${model.trim()} · Node ${process.version} · ${process.platform} ${process.arch}`;
}

/** Prints rows as a Markdown table. */
export function table(heads, rows) {
  for (const cells of [heads, heads.map((_, index) => (index === 0 ? '---' : '---:')), ...rows]) console.log(`| ${cells.join(' | ')} |`);
}

/** A goal, and whether it was met. @returns whether it was */
export function goal(text, met) {
  console.log(`${met ? 'met   ' : 'MISSED'} ${text}`);
  if (!met) process.exitCode = 1;
  return met;
}
