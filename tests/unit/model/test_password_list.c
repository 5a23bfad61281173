/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"
#include "model/password_list.h"

static int take(struct slice text, struct password_list *out_list, struct tq_error *err)
{
    char *copy = malloc(text.length + 1);

    assert_non_null(copy);
    if (text.length > 0)
        memcpy(copy, text.data, text.length);
    return password_list_take(copy, text.length, "list.txt", out_list, err);
}

static void lines_keep_their_spaces_and_numbers(void **state)
{
    struct password_list list = {0};
    struct tq_error err;

    (void)state;
    assert_int_equal(take(SLICE_LITERAL("\xEF\xBB\xBF"
                                        "secret\r\n\n  a b\t\nlast"),
                          &list, &err),
                     TQ_OK);
    assert_int_equal(list.count, 3);
    assert_true(slice_is(list.items[0].text, "secret"));
    assert_true(slice_is(list.items[1].text, "  a b\t"));
    assert_int_equal(list.items[1].line, 3);
    assert_true(slice_is(list.items[2].text, "last"));
    assert_int_equal(list.items[2].line, 4);
    password_list_clear(&list);
    assert_null(list.text);
}

static void what_is_no_list_is_refused_with_its_line_and_never_quoted(void **state)
{
    struct password_list list = {0};
    struct buf text = {0};
    struct tq_error err;

    (void)state;
    assert_int_equal(take(SLICE_LITERAL(""), &list, &err), TQ_E_SYNTAX);
    assert_int_equal(take(SLICE_LITERAL("\n\r\n"), &list, &err), TQ_E_SYNTAX);
    assert_string_equal(err.message, "list.txt: there is no password in it");
    assert_int_equal(take(slice_make("secret\nb\0c\n", 11), &list, &err), TQ_E_SYNTAX);
    assert_string_equal(err.message, "list.txt:2: a zero byte: this is no list of passwords");

    for (size_t i = 0; i < PASSWORD_BYTES_MAX; i++)
        buf_add_byte(&text, 'x');
    assert_int_equal(take(buf_slice(&text), &list, &err), TQ_OK);
    password_list_clear(&list);
    buf_add_byte(&text, 'x');
    assert_int_equal(take(buf_slice(&text), &list, &err), TQ_E_LIMIT);
    assert_null(strstr(err.message, "xx"));

    buf_empty(&text);
    for (size_t i = 0; i <= PASSWORDS_MAX; i++)
        buf_add_text(&text, "a\n");
    assert_int_equal(take(buf_slice(&text), &list, &err), TQ_E_LIMIT);
    assert_int_equal(take(slice_make(text.data, text.length - 2), &list, &err), TQ_OK);
    assert_int_equal(list.count, PASSWORDS_MAX);
    password_list_clear(&list);
    buf_clear(&text);
}

static void every_failed_allocation_is_told(void **state)
{
    (void)state;
    for (unsigned nth = 1; nth < 8; nth++) {
        struct password_list list = {0};
        struct tq_error err;
        int r;

        alloc_fail_nth(nth);
        r = take(SLICE_LITERAL("a\nb\nc\n"), &list, &err);
        alloc_fail_nth(0);
        assert_true(r == TQ_OK || r == TQ_E_NOMEM);
        password_list_clear(&list);
    }
}

static void a_file_too_large_or_missing_is_refused(void **state)
{
    char path[] = "/tmp/passwords-XXXXXX";
    int fd = mkstemp(path);
    struct password_list list = {0};
    struct tq_error err;

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "open\n", 5), 5);
    assert_int_equal(password_list_load(path, &list, &err), TQ_OK);
    assert_int_equal(list.count, 1);
    password_list_clear(&list);
    assert_int_equal(ftruncate(fd, (off_t)PASSWORDS_BYTES_MAX + 1), 0);
    assert_int_equal(password_list_load(path, &list, &err), TQ_E_LIMIT);
    assert_int_equal(close(fd), 0);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(password_list_load(path, &list, &err), TQ_E_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_keep_their_spaces_and_numbers),
        cmocka_unit_test(what_is_no_list_is_refused_with_its_line_and_never_quoted),
        cmocka_unit_test(every_failed_allocation_is_told),
        cmocka_unit_test(a_file_too_large_or_missing_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
