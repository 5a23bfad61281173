/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef TESTS_FUZZ_COUNTERS_H
#define TESTS_FUZZ_COUNTERS_H

#include <stdint.h>

/* The counters of libFuzzer, from which it sees what an input reached; NULL without it. */
extern uint8_t *const fuzz_counters_start;
extern uint8_t *const fuzz_counters_end;

#endif
