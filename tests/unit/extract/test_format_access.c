/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "access_sample.h"
#include "base/alloc.h"
#include "recorder.h"

static void tables_of_the_user_are_tables(void **state)
{
    struct buf file = make_database();
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(recorder_read(&recorder, buf_slice(&file), "x.txt"), TQ_OK);
    assert_string_equal(
        recorder.log.data,
        "type access\n"
        "table Assur\xC3\xA9s [id] [salaire] [n\xC3\xA9] [taux] [actif] [nom] [notes] [photo]\n"
        "row 1 @1 0 | 1 | 1234.5600 | 1980-05-11 | 0.15 | TRUE | BENNANI | une longue note | \n"
        "row 2 @2 0 | 2 | 2469.1200 | 1899-12-29 06:00:00 | 0.15 | FALSE | \xD8\xA7\xD9\x84 |  | \n"
        "note @0 2 objects and binary values were left out\n"
        "note @0 1 linked tables: their rows are elsewhere\n");
    recorder_clear(&recorder);
    buf_clear(&file);
}

static void what_is_missing_is_noted(void **state)
{
    struct buf file = make_database();
    struct recorder recorder = {0};

    (void)state;
    put(file.data + PAGE * PEOPLE + 16, 3, 4);
    assert_int_equal(recorder_read(&recorder, buf_slice(&file), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "fewer rows than it says"));
    recorder_clear(&recorder);
    file.data[PAGE * PEOPLE] = 7;
    assert_int_equal(recorder_read(&recorder, buf_slice(&file), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "a table is damaged"));
    recorder_clear(&recorder);
    file.data[PAGE * OBJECTS] = 7; /* as one that is encrypted */
    assert_int_equal(recorder_read(&recorder, buf_slice(&file), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "its list of tables is damaged, or encrypted"));
    assert_int_equal(recorder.notes, 1);
    recorder_clear(&recorder);
    file.data[20] = 77;
    assert_int_equal(recorder_read(&recorder, buf_slice(&file), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "of a version that libmdb does not know"));
    recorder_clear(&recorder);
    buf_clear(&file);
}

static void what_access_encrypted_is_said_once(void **state)
{
    struct buf file = make_database();
    struct recorder recorder = {0};

    (void)state;
    memcpy(file.data + 4, "Standard ACE DB", 16);
    file.data[20] = 3;
    put(file.data + 0x299, 200, 2);
    put(file.data + 0x29B, 4 | 4 << 16, 4);
    assert_int_equal(recorder_read(&recorder, buf_slice(&file), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "type access\nfact locked = yes\nnote @0 encrypted: not "
                                        "read, Access encrypts"));
    assert_int_equal(recorder.notes, 1);
    assert_int_equal(recorder.rows, 0);
    recorder_clear(&recorder);
    buf_clear(&file);
}

/* A damaged byte may cost the library its process, but it does not hang. */
static void a_damaged_byte_costs_a_process_at_most(void **state)
{
    struct buf file = make_database();
    unsigned read = 0, flips = 0;

    (void)state;
    for (size_t at = 21; at < file.length; at++) {
        pid_t child;
        int status;

        if (!file.data[at] && at % 509 != 0)
            continue;
        child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            struct recorder recorder = {.quiet = true};

            (void)alarm(20);
            file.data[at] ^= (char)0xA5;
            _exit(recorder_read(&recorder, buf_slice(&file), "x") == TQ_OK ? 0 : 2);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_false(WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM);
        flips++;
        read += WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    assert_true(flips > 300 && read > flips * 9 / 10);
    buf_clear(&file);
}

/* Cut at page borders and within pages; memory that runs out. */
static void cut_anywhere_it_is_read_to_its_end(void **state)
{
    struct buf file = make_database();

    (void)state;
    for (size_t length = 32; length < file.length; length += 509) {
        struct recorder recorder = {.quiet = true};

        assert_int_equal(recorder_read(&recorder, slice_make(file.data, length), "x"), TQ_OK);
        recorder_clear(&recorder);
    }
    for (unsigned nth = 1; nth < 60; nth++) {
        struct recorder recorder = {.quiet = true};
        int r;

        alloc_fail_nth(nth);
        r = recorder_read(&recorder, buf_slice(&file), "x");
        alloc_fail_nth(0);
        assert_true(r == TQ_OK || r == TQ_E_NOMEM);
        recorder_clear(&recorder);
    }
    buf_clear(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_of_the_user_are_tables),
        cmocka_unit_test(what_is_missing_is_noted),
        cmocka_unit_test(what_access_encrypted_is_said_once),
        cmocka_unit_test(a_damaged_byte_costs_a_process_at_most),
        cmocka_unit_test(cut_anywhere_it_is_read_to_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
