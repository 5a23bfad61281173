/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef TESTS_UNIT_LEDGER_LEDGER_FIXTURE_H
#define TESTS_UNIT_LEDGER_LEDGER_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "ledger/ledger.h"
#include "ledger/ledger_verify.h"
#include "scratch.h"

#define assert_ok(call)                                          \
    do {                                                         \
        struct tq_error err = {0};                               \
        int status_ = (call);                                    \
        if (status_ < 0)                                         \
            fail_msg("%s: %d: %s", #call, status_, err.message); \
    } while (0)

#define assert_fails(status, text, call)                                                 \
    do {                                                                                 \
        struct tq_error err = {0};                                                       \
        int status_ = (call);                                                            \
        assert_int_equal(status_, status);                                               \
        if (!strstr(err.message, text))                                                  \
            fail_msg("%s: the message is '%s', without '%s'", #call, err.message, text); \
    } while (0)

static inline void fixture_append(const char *path, unsigned count)
{
    struct ledger *ledger = NULL;

    assert_ok(ledger_open(path, &ledger, &err));
    for (unsigned i = 0; i < count; i++)
        assert_ok(ledger_append(ledger, "test", SLICE_LITERAL("{\"a\": 1}"), &err));
    (void)ledger_close(ledger);
}

static inline void fixture_load(const char *path, struct buf *out)
{
    buf_empty(out);
    buf_add_text(out, "");
    assert_ok(file_load(path, SIZE_MAX, out, &err));
}

#endif
