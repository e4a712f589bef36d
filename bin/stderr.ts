/** Passes what is written to standard error as text, by `console` or anybody, through `clean`. */
export function guardStderr(clean: (text: string) => string): void {
  const { stderr } = process
  const write = stderr.write.bind(stderr) as (chunk: unknown, ...rest: unknown[]) => boolean
  stderr.write = (chunk: unknown, ...rest: unknown[]) =>
    write(typeof chunk === 'string' ? clean(chunk) : cleanBytes(chunk, clean), ...rest)
}

function cleanBytes(chunk: unknown, clean: (text: string) => string): unknown {
  return chunk instanceof Uint8Array ? clean(Buffer.from(chunk).toString()) : chunk
}
