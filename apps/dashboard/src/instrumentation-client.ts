/**
 * Runs in the browser before anything else. zod would try `new Function` to compile its parsers;
 * the content security policy forbids that, so it is told not to try.
 */
import { z } from 'zod';

z.config({ jitless: true });
