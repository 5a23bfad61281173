/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What pg_restore writes, from a pipe. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "extract/sql_script.h"
#include "recorder.h"

#define SCRIPT                                                                               \
    "--\n-- PostgreSQL database dump\n--\n\n\\restrict abc\n\nSET client_encoding = '%s';\n" \
    "CREATE TABLE public.t (\n    nom text,\n    n integer\n);\n\n"                          \
    "COPY public.t (nom, n) FROM stdin;\n%s\t1\nIDRISSI\t\\N\n\\.\n\n\\unrestrict abc\n"

struct writing {
    int fd;
    struct slice head;
    uint64_t rows; /* further ones, that have no end */
};

static void *write_script(void *state)
{
    struct writing *writing = state;
    struct tq_error err;
    int r = file_write(writing->fd, writing->head.data, writing->head.length, &err);

    for (uint64_t i = 0; r == TQ_OK && i < writing->rows; i++)
        r = file_write(writing->fd, "x\t1\n", 4, &err);
    (void)close(writing->fd);
    return NULL;
}

/* Read a script as an exhibit of `size_bytes`. */
static int read_script(struct recorder *recorder, struct slice script, uint64_t rows,
                       uint64_t size_bytes)
{
    struct sink sink = recorder_sink(recorder);
    struct writing writing = {.head = script, .rows = rows};
    struct extract_input input = {.size_bytes = size_bytes, .is_script = true};
    struct tq_error err;
    pthread_t thread;
    int ends[2], r;

    assert_int_equal(pipe(ends), 0);
    input.fd = ends[0];
    writing.fd = ends[1];
    assert_int_equal(pthread_create(&thread, NULL, write_script, &writing), 0);
    r = extract_read(&input, &extract_limits_default, &sink, &err);
    assert_int_equal(close(ends[0]), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    return r;
}

static struct buf script_of(const char *encoding, const char *name)
{
    struct buf script = {0};

    buf_format(&script, SCRIPT, encoding, name);
    assert_false(script.failed);
    return script;
}

static void a_script_is_read_as_its_dump(void **state)
{
    struct buf script = script_of("UTF8", "ALAOUI \xC3\xA9");
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(read_script(&recorder, buf_slice(&script), 0, 100), TQ_OK);
    assert_string_equal(recorder.log.data, "type pg_dump\n"
                                           "table t [nom] [n]\n"
                                           "row 1 @14 0 | ALAOUI \xC3\xA9 | 1\n"
                                           "row 2 @15 0 | IDRISSI | \n"
                                           "fact encoding = UTF-8\n");
    recorder_clear(&recorder);
    buf_clear(&script);
}

static void its_encoding_is_the_one_it_says(void **state)
{
    struct buf script = script_of("WIN1256", "\xC7\xE1\xDA\xE1\xE6\xED");
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(read_script(&recorder, buf_slice(&script), 0, 100), TQ_OK);
    assert_true(recorder_has(&recorder, "\xD8\xA7\xD9\x84\xD8\xB9\xD9\x84\xD9\x88\xD9\x8A"));
    recorder_clear(&recorder);
    buf_clear(&script);
}

static void a_script_without_an_end_is_read_as_far_as_it_may_expand(void **state)
{
    static const char head[] = "COPY public.t (nom, n) FROM stdin;\n";
    struct recorder recorder = {.quiet = true};

    (void)state;
    (void)signal(SIGPIPE, SIG_IGN); /* nobody reads on */
    assert_int_equal(read_script(&recorder, slice_of(head), (uint64_t)8 << 20, 10), TQ_OK);
    assert_int_equal(recorder.notes, 2);
    assert_true(recorder.rows > 4000000 && recorder.rows < 4300000);
    recorder_clear(&recorder);
}

static void cut_anywhere_it_is_read_to_its_end(void **state)
{
    struct buf script = script_of("LATIN1", "ALAOUI \xE9");

    (void)state;
    for (size_t length = 0; length < script.length; length++) {
        struct recorder recorder = {.quiet = true};

        assert_int_equal(read_script(&recorder, slice_make(script.data, length), 0, 100), TQ_OK);
        recorder_clear(&recorder);
    }
    buf_clear(&script);
}

static void without_memory_it_says_so(void **state)
{
    struct buf script = script_of("UTF8", "ALAOUI");

    (void)state;
    for (unsigned nth = 1; nth < 60; nth++) {
        struct recorder recorder = {.quiet = true};
        int r;

        alloc_fail_nth(nth);
        r = read_script(&recorder, buf_slice(&script), 0, 100);
        alloc_fail_nth(0);
        assert_true(r == TQ_OK || r == TQ_E_NOMEM);
        recorder_clear(&recorder);
    }
    buf_clear(&script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_script_is_read_as_its_dump),
        cmocka_unit_test(its_encoding_is_the_one_it_says),
        cmocka_unit_test(a_script_without_an_end_is_read_as_far_as_it_may_expand),
        cmocka_unit_test(cut_anywhere_it_is_read_to_its_end),
        cmocka_unit_test(without_memory_it_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
