/**
 * Before every page: refuses foreign host names, and gives a content security policy with a fresh
 * nonce, which Next puts on its scripts.
 */
import { NextResponse, type NextRequest } from 'next/server';
import { describeForeignHost, isOwnHost } from './api-access/own-host';
import { env, isDevelopment } from './env';

export function proxy(request: NextRequest): NextResponse {
  const host = request.headers.get('host');
  if (!isOwnHost(host, env().DASHBOARD_ALLOWED_HOSTS)) {
    return new NextResponse(describeForeignHost(host), { status: 403 });
  }
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64');
  const policy = contentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set('content-security-policy', policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  response.headers.set('x-content-type-options', 'nosniff');
  response.headers.set('referrer-policy', 'same-origin');
  response.headers.set('x-frame-options', 'DENY');
  response.headers.set('permissions-policy', 'camera=(), microphone=(), geolocation=()');
  return response;
}

export const config = { matcher: ['/((?!api/|_next/static|_next/image|icon.svg).*)'] };

function contentSecurityPolicy(nonce: string): string {
  // `next dev` reloads through eval and inline styles; a production build needs neither.
  return [
    `default-src 'self'`,
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? ` 'unsafe-eval'` : ''}`,
    `style-src 'self' ${isDevelopment ? `'unsafe-inline'` : `'nonce-${nonce}'`}`,
    // React writes `style="…"` into the page; such an attribute cannot carry a nonce.
    `style-src-attr 'unsafe-inline'`,
    `img-src 'self' data:`,
    `font-src 'self'`,
    `connect-src 'self'${isDevelopment ? ' ws:' : ''}`,
    `object-src 'none'`,
    `base-uri 'none'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
  ].join('; ');
}
