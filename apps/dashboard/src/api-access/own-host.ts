/**
 * Another site can let its name resolve to this machine (DNS rebinding); for the browser its pages
 * and the dashboard are then one site, and only the Host header still tells them apart.
 */

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** @param host the Host header, with or without a port */
export function isOwnHost(host: string | null, allowedHosts: readonly string[]): boolean {
  const name = hostName(host ?? '');
  return name !== null && (LOOPBACK.includes(name) || allowedHosts.includes(name));
}

export function describeForeignHost(host: string | null): string {
  return (
    `"${host ?? ''}" is not a name of this dashboard; ` +
    'add the host name to DASHBOARD_ALLOWED_HOSTS and API_ALLOWED_HOSTS if it should be.'
  );
}

/** In lower case; null for what is no host. */
function hostName(host: string): string | null {
  try {
    return new URL(`http://${host}`).hostname;
  } catch {
    return null;
  }
}
