/** The path without empty, `.` and resolvable `..` segments, as POSIX has it; never empty. */
export function normalizePosixPath(path: string): string {
  const kept: string[] = [];
  const absolute = path.startsWith('/');
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') kept.push(segment);
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (!absolute) kept.push(segment);
  }
  // POSIX leaves the meaning of exactly two leading slashes open, so they stay.
  const root = !absolute ? '' : /^\/\/(?!\/)/.test(path) ? '//' : '/';
  return root + kept.join('/') || '.';
}
