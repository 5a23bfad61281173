/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* On a server that libpq's environment names: tests/with_postgres.py starts one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "register/build.h"
#include "scratch_folder.h"

#define NTH_MAX 250u /* behind that memory is for assembling, as from files */

#define YAML                                                                             \
    "register: {name: Caisse modele, timezone: Africa/Casablanca}\n"                     \
    "subjects: [person]\n"                                                               \
    "tables:\n"                                                                          \
    "  - name: insured\n"                                                                \
    "    subject: person\n"                                                              \
    "    key: k\n"                                                                       \
    "    sql: SELECT g::text AS k, 'Rabat' AS column2 FROM generate_series(1, 2) AS g\n" \
    "    columns: {column2: {field: city, type: text, category: location}}\n"            \
    "  - name: more\n"                                                                   \
    "    subject: person\n"                                                              \
    "    key: k\n"                                                                       \
    "    sql: SELECT '3' AS k, 'Safi' AS column2\n"                                      \
    "    columns: {column2: {field: city, type: text, category: location}}\n"

static int build(struct scratch *scratch, struct build_summary *summary, struct tq_error *err)
{
    struct build_request request = {.threads = 1, .postgres = "", .allow_writable_role = true};

    request.description_path = scratch->path[0];
    request.out_path = scratch->path[1];
    request.key_path = scratch->path[2];
    return register_build(&request, summary, err);
}

/* Where a second connection cannot be had for want of memory, one does. */
static void survives_any_allocation_that_fails(void **state)
{
    struct scratch scratch;
    struct build_summary summary = {0};
    struct tq_error err = {0};

    (void)state;
    scratch_make(&scratch);
    (void)scratch_file(&scratch, "register.yaml", YAML);
    (void)scratch_path(&scratch, "r.tqr");
    (void)scratch_path(&scratch, "key");
    for (unsigned nth = 1; nth <= NTH_MAX; nth++) {
        int r;

        alloc_fail_nth(nth);
        r = build(&scratch, &summary, &err);
        alloc_fail_nth(0);
        if (r != TQ_OK && r != TQ_E_NOMEM)
            fail_msg("%u: %s", nth, err.message);
        assert_true(r == TQ_E_NOMEM || summary.facts == 3);
    }
    assert_int_equal(build(&scratch, &summary, &err), TQ_OK);
    scratch_remove(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(survives_any_allocation_that_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
