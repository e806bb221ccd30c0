// The floor: bytes in, the same bytes out, nothing looked at.
process.stdin.on('data', (chunk: Buffer) => {
  if (process.stdout.write(chunk)) return
  process.stdin.pause()
  process.stdout.once('drain', () => process.stdin.resume())
})
