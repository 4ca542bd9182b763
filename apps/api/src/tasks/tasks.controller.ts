/** The trainer's side of the API. */
import {
  CancelledRequest,
  CheckpointRequest,
  ClaimRequest,
  FailRequest,
  FinishRequest,
  HeartbeatRequest,
  PointsRequest,
  routes,
  type Claim,
  type Heartbeat,
} from '@capgrid/contracts';
import { Body, Controller, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../http/endpoint.js';
import { AttemptsService } from './attempts.service.js';
import { ClaimService } from './claim.service.js';

@ApiTags('trainers')
@Controller()
export class TasksController {
  constructor(
    private readonly claims: ClaimService,
    private readonly attempts: AttemptsService,
  ) {}

  @Endpoint(routes.claimTask, { creates: true })
  claim(
    @Param('taskId') taskId: string,
    @Body({ schema: ClaimRequest }) request: ClaimRequest,
  ): Promise<Claim> {
    return this.claims.claim(taskId, request.trainer);
  }

  @Endpoint(routes.heartbeat)
  heartbeat(
    @Param('attemptId') attemptId: string,
    @Body({ schema: HeartbeatRequest }) request: HeartbeatRequest,
  ): Promise<Heartbeat> {
    return this.attempts.heartbeat(attemptId, request);
  }

  @Endpoint(routes.pushPoints)
  pushPoints(
    @Param('attemptId') attemptId: string,
    @Body({ schema: PointsRequest }) request: PointsRequest,
  ): Promise<void> {
    return this.attempts.pushPoints(attemptId, request);
  }

  @Endpoint(routes.pushCheckpoint)
  pushCheckpoint(
    @Param('attemptId') attemptId: string,
    @Body({ schema: CheckpointRequest }) request: CheckpointRequest,
  ): Promise<void> {
    return this.attempts.pushCheckpoint(attemptId, request);
  }

  @Endpoint(routes.finishAttempt)
  finish(
    @Param('attemptId') attemptId: string,
    @Body({ schema: FinishRequest }) request: FinishRequest,
  ): Promise<void> {
    return this.attempts.finish(attemptId, request);
  }

  @Endpoint(routes.failAttempt)
  fail(
    @Param('attemptId') attemptId: string,
    @Body({ schema: FailRequest }) request: FailRequest,
  ): Promise<void> {
    return this.attempts.fail(attemptId, request);
  }

  @Endpoint(routes.cancelledAttempt)
  cancelled(
    @Param('attemptId') attemptId: string,
    @Body({ schema: CancelledRequest }) request: CancelledRequest,
  ): Promise<void> {
    return this.attempts.cancelled(attemptId, request.token);
  }
}
