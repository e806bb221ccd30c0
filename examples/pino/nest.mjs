// NestJS with nestjs-pino. In TypeScript the decorators stand above the classes; here they are called.
import 'reflect-metadata'
import { Controller, Get, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { maskPino } from 'mask-logs/pino'
import { Logger, LoggerModule, PinoLogger } from 'nestjs-pino'

class ShopController {
  constructor(logger) {
    this.logger = logger
  }

  orders() {
    this.logger.info({ customer: { email: 'amelia@shop.example', iban: 'DE89370400440532013000' } }, 'orders listed')
    return { orders: [] }
  }
}
Reflect.defineMetadata('design:paramtypes', [PinoLogger], ShopController)
Get('orders')(ShopController.prototype, 'orders', Object.getOwnPropertyDescriptor(ShopController.prototype, 'orders'))
Controller()(ShopController)

class AppModule {}
Module({ imports: [LoggerModule.forRoot({ pinoHttp: maskPino({ level: 'info' }) })], controllers: [ShopController] })(AppModule)

const app = await NestFactory.create(AppModule, { bufferLogs: true })
app.useLogger(app.get(Logger))
await app.listen(0, '127.0.0.1')
await fetch(`${await app.getUrl()}/orders`, { headers: { authorization: 'Bearer 0a1b2c3d4e5f6g7h' } })
await app.close()
