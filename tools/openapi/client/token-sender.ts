import got from 'got'
import { type TokenSourceOptions, tokenLimits } from '../../credentials/token-source.ts'
import { exchange, exchangeDefaults } from '../../outside/exchange.ts'

/** Token requests over got, as every request of an API. */
export function createTokenSender(): TokenSourceOptions['send'] {
  const { timeoutMs, maxBytes } = tokenLimits
  const instance = got.extend({ ...exchangeDefaults, timeout: { request: timeoutMs } })
  return (request) =>
    exchange(
      instance,
      { method: 'POST', ...request },
      // Shared by all who wait: one caller's abort must not take it from the others.
      { signal: new AbortController().signal, maxBytes }
    )
}
