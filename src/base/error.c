/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

int tq_fail(struct tq_error *err, enum tq_status status, const char *format, ...)
{
    va_list args;

    err->status = status;
    va_start(args, format);
    (void)vsnprintf(err->message, sizeof(err->message), format, args);
    va_end(args);

    return status;
}

int tq_no_memory(struct tq_error *err)
{
    return tq_fail(err, TQ_E_NOMEM, "out of memory");
}
