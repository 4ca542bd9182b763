/** What the API is made of. */
import type { ScoringSpec } from '@capgrid/contracts';
import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ComparisonService } from './comparison/comparison.service.js';
import { dataSourceOptions } from './database/data-source-options.js';
import { DatasetTable, EncoderTable, WordVectorsTable } from './database/dataset-tables.js';
import { DatasetsController } from './datasets/datasets.controller.js';
import { DatasetsService } from './datasets/datasets.service.js';
import { EncodersService } from './datasets/encoders.service.js';
import { ImagesService } from './datasets/images.service.js';
import { StoreReader } from './datasets/store-reader.js';
import { VectorsService } from './datasets/vectors.service.js';
import { ENV, type Env } from './env.js';
import { ChangeFeed } from './events/change-feed.js';
import { HealthController } from './health/health.controller.js';
import { HealthService } from './health/health.service.js';
import { queueModules, TaskBell } from './queue/task-bell.js';
import { ResultsService } from './results/results.service.js';
import { SCORING } from './scoring/scoring.js';
import { LaunchService } from './sweeps/launch.service.js';
import { PreviewService } from './sweeps/preview.service.js';
import { SweepsController } from './sweeps/sweeps.controller.js';
import { SweepsService } from './sweeps/sweeps.service.js';
import { AttemptsService } from './tasks/attempts.service.js';
import { ClaimService } from './tasks/claim.service.js';
import { Reaper } from './tasks/reaper.service.js';
import { TasksController } from './tasks/tasks.controller.js';
import { EvaluationsService } from './trials/evaluations.service.js';
import { PredictionsService } from './trials/predictions.service.js';
import { TrainingsService } from './trials/trainings.service.js';
import { TrialsController } from './trials/trials.controller.js';
import { TrialsService } from './trials/trials.service.js';

@Module({})
export class AppModule {
  static register(env: Env, scoring: ScoringSpec): DynamicModule {
    return {
      module: AppModule,
      imports: [
        TypeOrmModule.forRoot(dataSourceOptions(env.databaseUrl)),
        TypeOrmModule.forFeature([DatasetTable, EncoderTable, WordVectorsTable]),
        ...queueModules(env.queueUrl),
      ],
      controllers: [
        HealthController,
        DatasetsController,
        SweepsController,
        TrialsController,
        TasksController,
      ],
      providers: [
        { provide: ENV, useValue: env },
        { provide: SCORING, useValue: scoring },
        TaskBell,
        ChangeFeed,
        StoreReader,
        HealthService,
        DatasetsService,
        EncodersService,
        VectorsService,
        ImagesService,
        PreviewService,
        LaunchService,
        SweepsService,
        ResultsService,
        ComparisonService,
        TrialsService,
        TrainingsService,
        EvaluationsService,
        PredictionsService,
        ClaimService,
        AttemptsService,
        Reaper,
      ],
    };
  }
}
