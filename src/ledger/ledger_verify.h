/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef LEDGER_LEDGER_VERIFY_H
#define LEDGER_LEDGER_VERIFY_H

#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"

/* Called for each fault found: "line 12: the hash does not match". */
typedef void ledger_fault(void *state, const char *message);
/* Called for each entry that is whole. `line` is the JSON text. */
typedef int ledger_entry(void *state, uint64_t seq, struct slice line, struct tq_error *err);

/* Check the chain from the first line to the last, with code that shares nothing with the writer.
 * `entry` may be NULL. */
int ledger_verify(const char *path, ledger_fault *fault, ledger_entry *entry, void *state,
                  uint64_t *out_entries, uint64_t *out_faults, struct tq_error *err) MUST_CHECK;

#endif
