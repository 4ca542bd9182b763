/** One trial, and what it is made of. */
import {
  eventRoutes,
  PredictionsQuery,
  routes,
  type Evaluation,
  type PointList,
  type PredictionsPage,
  type Training,
  type Trial,
} from '@capgrid/contracts';
import { Controller, Get, Headers, Param, Query, Req, Res } from '@nestjs/common';
import { ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { Endpoint } from '../http/endpoint.js';
import { sendEvents } from '../http/send-events.js';
import { EvaluationsService } from './evaluations.service.js';
import { PredictionsService } from './predictions.service.js';
import { TrainingsService } from './trainings.service.js';
import { TrialsService } from './trials.service.js';

/** Without the name under which the document would refer to it: a query has its parameters listed. */
const Page = z.strictObject(PredictionsQuery.shape);

@ApiTags('trials')
@Controller()
export class TrialsController {
  constructor(
    private readonly trials: TrialsService,
    private readonly predictions: PredictionsService,
    private readonly trainings: TrainingsService,
    private readonly evaluations: EvaluationsService,
  ) {}

  @Endpoint(routes.getTrial)
  get(@Param('trialId') trialId: string): Promise<Trial> {
    return this.trials.get(trialId);
  }

  @Endpoint(routes.listPredictions)
  listPredictions(
    @Param('trialId') trialId: string,
    @Query({ schema: Page }) query: PredictionsQuery,
  ): Promise<PredictionsPage> {
    return this.predictions.page(trialId, query);
  }

  @Endpoint(routes.getTraining)
  getTraining(@Param('trainingId') trainingId: string): Promise<Training> {
    return this.trainings.get(trainingId);
  }

  @Endpoint(routes.listPoints)
  listPoints(@Param('trainingId') trainingId: string): Promise<PointList> {
    return this.trainings.points(trainingId);
  }

  @Endpoint(routes.getEvaluation)
  getEvaluation(@Param('evaluationId') evaluationId: string): Promise<Evaluation> {
    return this.evaluations.get(evaluationId);
  }

  @Get(eventRoutes.trainingEvents)
  @ApiParam({ name: 'trainingId', type: String })
  @ApiProduces('text/event-stream')
  async trainingEvents(
    @Param('trainingId') trainingId: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    sendEvents(request, response, await this.trainings.events(trainingId, lastEventId ?? null));
  }
}
