import fc from 'fast-check'

// Loaded by tap: a run of the whole suite can be repeated. `node dist/test/NAME.test.js` takes a new
// seed each time, and FAST_CHECK_SEED gives the whole suite another one.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.FAST_CHECK_SEED ?? 1) })
