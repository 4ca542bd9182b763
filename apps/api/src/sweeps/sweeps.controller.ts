/** Sweeps: launch, look, stop, repair. */
import {
  ComparisonQuery,
  eventRoutes,
  LaunchSweepRequest,
  routes,
  SweepsQuery,
  type Comparison,
  type ResultsTable,
  type Sweep,
  type SweepPage,
  type SweepPreview,
  type TrialList,
} from '@capgrid/contracts';
import { Body, Controller, Get, Headers, Param, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ComparisonService } from '../comparison/comparison.service.js';
import { Endpoint } from '../http/endpoint.js';
import { clientGone } from '../http/client-gone.js';
import { sendEvents } from '../http/send-events.js';
import { ResultsService } from '../results/results.service.js';
import { TrialsService } from '../trials/trials.service.js';
import { LaunchService } from './launch.service.js';
import { PreviewService } from './preview.service.js';
import { SweepsService } from './sweeps.service.js';

@ApiTags('sweeps')
@Controller()
export class SweepsController {
  constructor(
    private readonly previews: PreviewService,
    private readonly launches: LaunchService,
    private readonly sweeps: SweepsService,
    private readonly trials: TrialsService,
    private readonly results: ResultsService,
    private readonly comparisons: ComparisonService,
  ) {}

  @Endpoint(routes.previewSweep)
  preview(
    @Body({ schema: LaunchSweepRequest }) request: LaunchSweepRequest,
  ): Promise<SweepPreview> {
    return this.previews.preview(request.spec);
  }

  @Endpoint(routes.launchSweep, { creates: true })
  @ApiHeader({ name: 'Idempotency-Key', required: false, schema: { type: 'string' } })
  async launch(
    @Body({ schema: LaunchSweepRequest }) request: LaunchSweepRequest,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
  ): Promise<Sweep> {
    return this.sweeps.get(await this.launches.launch(request.spec, idempotencyKey ?? null));
  }

  @Endpoint(routes.listSweeps)
  list(@Query({ schema: SweepsQuery }) query: SweepsQuery): Promise<SweepPage> {
    return this.sweeps.list(query);
  }

  @Endpoint(routes.getSweep)
  get(@Param('sweepId') sweepId: string): Promise<Sweep> {
    return this.sweeps.get(sweepId);
  }

  @Endpoint(routes.listTrials)
  listTrials(@Param('sweepId') sweepId: string): Promise<TrialList> {
    return this.trials.list(sweepId);
  }

  @Endpoint(routes.getResults)
  getResults(@Param('sweepId') sweepId: string): Promise<ResultsTable> {
    return this.results.table(sweepId);
  }

  @Endpoint(routes.compareResults)
  compare(
    @Param('sweepId') sweepId: string,
    @Query({ schema: ComparisonQuery }) query: ComparisonQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Comparison> {
    return this.comparisons.compare(sweepId, query, clientGone(response));
  }

  @Endpoint(routes.cancelSweep)
  cancel(@Param('sweepId') sweepId: string): Promise<Sweep> {
    return this.sweeps.cancel(sweepId);
  }

  @Endpoint(routes.retrySweep)
  retry(@Param('sweepId') sweepId: string): Promise<Sweep> {
    return this.sweeps.retry(sweepId);
  }

  @Get(eventRoutes.sweepEvents)
  @ApiParam({ name: 'sweepId', type: String })
  @ApiProduces('text/event-stream')
  async events(
    @Param('sweepId') sweepId: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    sendEvents(request, response, await this.sweeps.events(sweepId));
  }
}
