/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* No function stands here: beside one, the compiler declares these names itself. */
#include "fuzz_counters.h"

#define LINKER __attribute__((weak, visibility("hidden")))

extern uint8_t __start___sancov_cntrs[] LINKER;
extern uint8_t __stop___sancov_cntrs[] LINKER;

uint8_t *const fuzz_counters_start = __start___sancov_cntrs;
uint8_t *const fuzz_counters_end = __stop___sancov_cntrs;
