/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <tahqiq/error.h>

#define MUST_CHECK __attribute__((warn_unused_result))

/* Fill `err` and hand back `status`, so that failing is one line: return tq_fail(err, ...); */
int tq_fail(struct tq_error *err, enum tq_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4), nonnull(1)));

/* The one failure that happens everywhere: return tq_no_memory(err); */
int tq_no_memory(struct tq_error *err) __attribute__((nonnull(1)));

#endif
