// An OTLP receiver on loopback, over HTTP and gRPC, that keeps the bytes it gets.
import { createServer } from 'node:http'
import { gunzipSync } from 'node:zlib'

const SERVICES = {
  traces: 'opentelemetry.proto.collector.trace.v1.TraceService',
  logs: 'opentelemetry.proto.collector.logs.v1.LogsService',
  metrics: 'opentelemetry.proto.collector.metrics.v1.MetricsService',
}

export async function startReceiver(grpc) {
  let bodies = []
  const requests = []
  const server = createServer((request, response) => {
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      requests.push({ url: request.url, headers: request.headers })
      if (request.method === 'POST')
        bodies.push({
          type: request.headers['content-type'],
          signal: request.url.split('/').at(-1),
          body: request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body,
        })
      response.setHeader('content-type', request.headers['content-type'] ?? 'text/plain')
      response.end(request.headers['content-type'] === 'application/json' ? '{}' : '')
    })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const grpcServer = new grpc.Server()
  const identity = (value) => value
  for (const [signal, service] of Object.entries(SERVICES)) {
    const Export = {
      path: `/${service}/Export`,
      requestStream: false,
      responseStream: false,
      requestSerialize: identity,
      requestDeserialize: identity,
      responseSerialize: identity,
      responseDeserialize: identity,
    }
    grpcServer.addService(
      { Export },
      {
        Export: (call, done) => {
          bodies.push({ type: 'grpc', signal, body: call.request })
          done(null, Buffer.alloc(0))
        },
      },
    )
  }
  const port = await new Promise((resolve, reject) =>
    grpcServer.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => (error ? reject(error) : resolve(port))),
  )
  return {
    http: `http://127.0.0.1:${server.address().port}`,
    grpc: `http://127.0.0.1:${port}`,
    requests,
    /** What came since the last call. */
    take() {
      const taken = bodies
      bodies = []
      return taken
    },
    close() {
      server.close()
      server.closeAllConnections()
      grpcServer.forceShutdown()
    },
  }
}
