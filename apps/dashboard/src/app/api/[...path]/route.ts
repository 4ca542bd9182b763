/** Everything below /api is the API's; the dashboard only passes it on. */
import { env } from '../../../env';
import { forwardRequest } from '../../../api-access/forward-request';

function forward(request: Request): Promise<Response> {
  return forwardRequest(request, env());
}

export { forward as GET, forward as POST };
