/** Version of the API, as /healthz and the OpenAPI document state it. */
export const VERSION = '0.1.0';
