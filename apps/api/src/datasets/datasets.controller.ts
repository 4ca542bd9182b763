/** Datasets, their images, encoders and word vectors. */
import {
  imageRoute,
  RegisterDatasetRequest,
  RegisterEncoderRequest,
  RegisterVectorsRequest,
  routes,
  type Dataset,
  type Encoder,
  type WordVectors,
} from '@capgrid/contracts';
import { Body, Controller, Get, Param, Res } from '@nestjs/common';
import { ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Endpoint } from '../http/endpoint.js';
import { sendImage } from '../http/send-image.js';
import { DatasetsService } from './datasets.service.js';
import { EncodersService } from './encoders.service.js';
import { ImagesService } from './images.service.js';
import { VectorsService } from './vectors.service.js';

@ApiTags('datasets')
@Controller()
export class DatasetsController {
  constructor(
    private readonly datasets: DatasetsService,
    private readonly encoders: EncodersService,
    private readonly vectors: VectorsService,
    private readonly images: ImagesService,
  ) {}

  @Endpoint(routes.listDatasets)
  list(): Promise<Dataset[]> {
    return this.datasets.list();
  }

  @Endpoint(routes.registerDataset, { creates: true })
  register(
    @Body({ schema: RegisterDatasetRequest }) request: RegisterDatasetRequest,
  ): Promise<Dataset> {
    return this.datasets.register(request);
  }

  @Endpoint(routes.listEncoders)
  listEncoders(): Promise<Encoder[]> {
    return this.encoders.list();
  }

  @Endpoint(routes.registerEncoder, { creates: true })
  registerEncoder(
    @Body({ schema: RegisterEncoderRequest }) request: RegisterEncoderRequest,
  ): Promise<Encoder> {
    return this.encoders.register(request);
  }

  @Endpoint(routes.listVectors)
  listVectors(): Promise<WordVectors[]> {
    return this.vectors.list();
  }

  @Endpoint(routes.registerVectors, { creates: true })
  registerVectors(
    @Body({ schema: RegisterVectorsRequest }) request: RegisterVectorsRequest,
  ): Promise<WordVectors> {
    return this.vectors.register(request);
  }

  @Get(imageRoute)
  @ApiParam({ name: 'sha256', type: String })
  @ApiProduces('image/*')
  async image(@Param('sha256') sha256: string, @Res() response: Response): Promise<void> {
    sendImage(response, await this.images.read(sha256));
  }
}
