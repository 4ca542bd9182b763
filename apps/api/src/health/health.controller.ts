/** `/healthz`: alive. `/readyz`: able to work; 503 with the part that is not. */
import { routes, type Health } from '@capgrid/contracts';
import { Controller, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Endpoint } from '../http/endpoint.js';
import { HealthService } from './health.service.js';

@ApiTags('health')
@Controller()
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Endpoint(routes.healthz)
  alive(): Health {
    return this.health.alive();
  }

  @Endpoint(routes.readyz)
  async ready(@Res({ passthrough: true }) response: Response): Promise<Health> {
    const health = await this.health.ready();
    response.status(health.status === 'ok' ? 200 : 503);
    return health;
  }
}
