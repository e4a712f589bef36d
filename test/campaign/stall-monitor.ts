import { monitorEventLoopDelay } from 'node:perf_hooks'

// Loaded into the server with --import: tells over IPC how long its event loop stood still at most.
const resolutionMs = 5
const delay = monitorEventLoopDelay({ resolution: resolutionMs })
delay.enable()

process.on('message', (message) => {
  if (message === 'reset') delay.reset()
  else {
    // With --expose-gc only.
    globalThis.gc?.()
    const { heapUsed, rss } = process.memoryUsage()
    const timers = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
    const stallMs = Math.max(0, delay.max / 1e6 - resolutionMs)
    process.send?.({ stallMs, heapUsed, rss, timers })
  }
})
// The channel alone must not keep a server that has ended.
process.channel?.unref()
// Whoever started it was cut off.
process.on('disconnect', () => process.exit())
