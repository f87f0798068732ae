import type { FeatureGroup, Measured, Outcome } from './feature.js';

const SIGNS: Readonly<Record<Outcome, string>> = {
  pass: 'yes',
  spelled: 'yes, in its own words',
  differs: 'yes, but',
  refused: 'refused',
  fails: 'no',
};

const HEAD = `# Kysely's features on CrateDB

What Kysely's own test suite exercises, each tried on a CrateDB over both transports; written by
\`npm run docs:features\`, and held against the tests by each test run.

- **yes**: as on PostgreSQL. **yes, in its own words**: the same meaning, compiled to what CrateDB calls it.
- **yes, but**: accepted, with the difference that is told.
- **refused**: by the dialect, when the query is compiled and before anything is sent; the error names what to use instead.
- **no**: the server refuses it, with an error.
`;

/** Of one feature, by transport. */
export type Outcomes = ReadonlyMap<string, Measured>;

/** @param outcomes by group and feature, as {@link featureId} has it */
export function renderFeatures(
  groups: readonly FeatureGroup[],
  transports: readonly string[],
  outcomes: ReadonlyMap<string, Outcomes>,
): string {
  const sections = groups.map(({ group, features }) => {
    const rows = features.map(({ feature, kysely }) => {
      const measured = outcomes.get(featureId(group, feature));
      const cells = transports.map((transport) => {
        const outcome = measured?.get(transport)?.outcome;
        return outcome === undefined ? 'not tried' : SIGNS[outcome];
      });
      const note = transports.map((one) => measured?.get(one)?.note).find((text) => text !== undefined);
      return line([feature, `\`${kysely}\``, ...cells, note ?? '']);
    });
    const header = ['feature', 'Kysely', ...transports, 'note'];
    return [`## ${group}`, '', line(header), line(header.map(() => '---')), ...rows].join('\n');
  });
  const counts = transports.map((transport) => {
    const all = [...outcomes.values()].map((measured) => measured.get(transport)?.outcome);
    const count = (outcome: Outcome) => String(all.filter((one) => one === outcome).length);
    return line([transport, count('pass'), count('spelled'), count('differs'), count('refused'), count('fails')]);
  });
  const head = ['transport', ...Object.values(SIGNS)];
  return `${[HEAD, line(head), line(head.map(() => '---')), ...counts, '', sections.join('\n\n')].join('\n')}\n`;
}

export function featureId(group: string, feature: string): string {
  return JSON.stringify([group, feature]);
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}
