import { OPERATIONS } from '../../src/http/operations.js';
import { ENDPOINTS, OWN_ENDPOINTS, type OperationName } from '../../src/protocol/endpoints.js';
import { BACKENDS, type BackendName, type Calls, routeKey } from './calls.js';
import { NOT_CALLED, NOT_SERVED } from './reasons.js';
import { REACHES, REGISTRY_METHODS, type StoreMethod, TRACKING_METHODS } from './store-methods.js';

const HEAD = `# MLflow's store methods and endpoints

Which of them are served, and which the stock Python client (mlflow 3.12) called with success in the tests, on CrateDB and on the
embedded database. Written by \`npm run docs:coverage\` from what the servers of the tests noted, and held against each test run in which
all tests with the stock client ran.

- **yes** below a database: answered a call of the stock client (by its \`User-Agent\`) with a success there. Calls of other clients, as the tests of
  HTTP and of races make them, don't count.
- **-**: not called by it; why is told where the endpoint is served.
- What is not served answers 501 with \`NOT_IMPLEMENTED\`.
`;

interface Endpoint {
  readonly group: string;
  /** The method and the first of its paths. */
  readonly name: string;
  readonly operation: OperationName;
  readonly isServed: boolean;
  /** Where the stock client called it, by any of its paths. */
  readonly calledOn: ReadonlySet<BackendName>;
}

/** The page, and what keeps it from being true or whole. */
export interface Coverage {
  readonly page: string;
  readonly problems: readonly string[];
}

export function renderCoverage(calls: Calls): Coverage {
  const endpoints = endpointsOf(calls);
  const methods = [...TRACKING_METHODS, ...REGISTRY_METHODS].map((method) =>
    methodOf(method, endpoints),
  );
  const trackingMethods = methods.slice(0, TRACKING_METHODS.length);
  const registryMethods = methods.slice(TRACKING_METHODS.length);
  const overRest = methods.filter(({ isOverRest }) => isOverRest);
  const page = [
    HEAD,
    ...table(
      ['', 'all', 'served', ...BACKENDS.map((backend) => `called on ${backend}`)],
      [
        countRow('methods of the stores that a client reaches over REST', overRest),
        countRow('endpoints', endpoints),
      ],
    ),
    '',
    '## Methods of the tracking store',
    '',
    ...methodTable(trackingMethods),
    '',
    '## Methods of the model registry store',
    '',
    ...methodTable(registryMethods),
    '',
    '## Endpoints',
    '',
    'Each path below `/api/` is served below `/ajax-api/` as well.',
    ...groupsOf(endpoints).flatMap((group) => groupSection(group, endpoints)),
    '',
  ].join('\n');
  return { page, problems: problemsOf(endpoints) };
}

function endpointsOf(calls: Calls): readonly Endpoint[] {
  return [...ENDPOINTS, ...OWN_ENDPOINTS].map(([group, prefixes, method, path, operation]) => {
    const keys = prefixes.map((prefix) => routeKey({ method, pattern: prefix + path }));
    return {
      group,
      name: keys[0] ?? '',
      operation,
      isServed: OPERATIONS[operation] !== undefined,
      calledOn: new Set(BACKENDS.filter((backend) => keys.some((key) => calls[backend].has(key)))),
    };
  });
}

interface Method {
  readonly name: StoreMethod;
  readonly by: string;
  readonly isOverRest: boolean;
  readonly isServed: boolean;
  readonly calledOn: ReadonlySet<BackendName>;
}

function methodOf(name: StoreMethod, endpoints: readonly Endpoint[]): Method {
  const reach = REACHES[name] ?? { anyOf: ownOperations(name, endpoints) };
  if ('none' in reach) {
    return { name, by: reach.none, isOverRest: false, isServed: false, calledOn: new Set() };
  }
  const isAny = 'anyOf' in reach;
  const operations = isAny ? reach.anyOf : reach.allOf;
  const holds = (test: (endpoint: Endpoint) => boolean) => {
    const each = operations.map((operation) =>
      endpoints.some((endpoint) => endpoint.operation === operation && test(endpoint)),
    );
    return isAny ? each.includes(true) : !each.includes(false);
  };
  const names = operations.map((operation) => `\`${operation}\``);
  return {
    name,
    by: isAny ? names.join(' or ') : `the client, by ${names.join(', ')}`,
    isOverRest: true,
    isServed: holds(({ isServed }) => isServed),
    calledOn: new Set(BACKENDS.filter((backend) => holds(({ calledOn }) => calledOn.has(backend)))),
  };
}

/** Named alike, and its form in version 3 of the API. */
function ownOperations(name: string, endpoints: readonly Endpoint[]): readonly OperationName[] {
  const own = name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const operations = new Set(endpoints.map(({ operation }) => operation));
  const found = [...operations].filter((operation) => [own, `${own}V3`].includes(operation));
  if (found.length === 0) throw new Error(`No operation is named as the method ${name}.`);
  return found;
}

function methodTable(methods: readonly Method[]): readonly string[] {
  return table(
    ['method', 'by', 'served', ...BACKENDS],
    methods.map((method) => [
      `\`${method.name}\``,
      method.by,
      ...(method.isOverRest ? signs(method) : ['', ...BACKENDS.map(() => '')]),
    ]),
  );
}

function groupSection(group: string, all: readonly Endpoint[]): readonly string[] {
  const endpoints = all.filter((endpoint) => endpoint.group === group);
  const isWhole = endpoints.every(({ isServed }) => isServed);
  return [
    '',
    `### ${group}`,
    '',
    ...(isWhole ? [] : [NOT_SERVED[group] ?? '', '']),
    ...table(
      ['endpoint', 'served', ...BACKENDS, 'note'],
      endpoints.map((endpoint) => [
        `\`${endpoint.name}\``,
        ...signs(endpoint),
        isUncalled(endpoint) ? (NOT_CALLED[endpoint.name] ?? '') : '',
      ]),
    ),
  ];
}

function groupsOf(endpoints: readonly Endpoint[]): readonly string[] {
  return [...new Set(endpoints.map(({ group }) => group))];
}

function signs({ isServed, calledOn }: Pick<Endpoint, 'isServed' | 'calledOn'>): string[] {
  if (!isServed) return ['no', ...BACKENDS.map(() => '')];
  return ['yes', ...BACKENDS.map((backend) => (calledOn.has(backend) ? 'yes' : '-'))];
}

function countRow(what: string, of: readonly Pick<Endpoint, 'isServed' | 'calledOn'>[]): string[] {
  const served = of.filter(({ isServed }) => isServed);
  const called = BACKENDS.map((backend) => served.filter(({ calledOn }) => calledOn.has(backend)));
  return [what, ...[of, served, ...called].map(({ length }) => String(length))];
}

/** Served, and not called on every database. */
function isUncalled({ isServed, calledOn }: Endpoint): boolean {
  return isServed && calledOn.size < BACKENDS.length;
}

function problemsOf(endpoints: readonly Endpoint[]): readonly string[] {
  const byName = new Map(endpoints.map((endpoint) => [endpoint.name, endpoint]));
  return [
    ...endpoints
      .filter((endpoint) => isUncalled(endpoint) && NOT_CALLED[endpoint.name] === undefined)
      .map(({ name }) => `${name} is served, and neither called nor listed in NOT_CALLED`),
    ...Object.keys(NOT_CALLED)
      .filter((name) => {
        const endpoint = byName.get(name);
        return endpoint === undefined || !isUncalled(endpoint);
      })
      .map((name) => `${name} is listed in NOT_CALLED, but it is called, or not served`),
    ...groupsOf(endpoints.filter(({ isServed }) => !isServed))
      .filter((group) => NOT_SERVED[group] === undefined)
      .map((group) => `endpoints of '${group}' are not served, and NOT_SERVED doesn't say why`),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
