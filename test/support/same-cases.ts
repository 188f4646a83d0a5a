import fc from "fast-check";

// Property tests try the same cases whenever the suite runs, so that a commit is as good today as tomorrow. New ones are
// looked for by `npm run fuzz`, which keeps what it finds; FAST_CHECK_SEED makes a single run of the suite look elsewhere.
const { FAST_CHECK_SEED, FUZZ_RUNS } = process.env;
if (FAST_CHECK_SEED !== undefined) fc.configureGlobal({ seed: Number(FAST_CHECK_SEED) });
else if (FUZZ_RUNS === undefined) fc.configureGlobal({ seed: 20_261_122 });
