/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef TESTS_UNIT_STORE_CASE_FIXTURE_H
#define TESTS_UNIT_STORE_CASE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scratch.h"
#include "store/case_store.h"

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

/* A new case "scratch/case", open for writing. */
static inline struct case_store *fixture_case(void **state)
{
    struct case_store *store = NULL;

    assert_ok(case_create(scratch_path(state, "case"), SLICE_LITERAL("a title"), &err));
    assert_ok(case_open(scratch_path(state, "case"), true, &store, &err));
    return store;
}

static inline struct case_store *fixture_reopen(void **state, bool writing)
{
    struct case_store *store = NULL;

    assert_ok(case_open(scratch_path(state, "case"), writing, &store, &err));
    return store;
}

#endif
