/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "drill/pdf_objects.h"

static const char small[] =
    "%PDF-1.5\n"
    "1 0 obj\n<< /Length 12 0 R >>\nstream\n2 0 R stays\nendstream\nendobj\n"
    "2 0 obj\n<< /Kids [ 1 0 R 12 0 R ] >>\nendobj\n"
    "3 0 obj\n<< /Producer (x) >>\nendobj\n"
    "xref\n0 4\n"
    "0000000000 65535 f \n"
    "0000000009 00000 n \n"
    "0000000074 00000 n \n"
    "0000000118 00000 n \n"
    "trailer\n<< /Size 4 /Root 2 0 R /Info 3 0 R >>\nstartxref\n153\n%%EOF\n";

static bool holds(const struct buf *bytes, const char *text)
{
    return memmem(bytes->data, bytes->length, text, strlen(text)) != NULL;
}

static void an_update_keeps_what_was_and_renumbers_what_comes(void **state)
{
    struct buf out = {0};
    struct tq_error err;

    (void)state;
    assert_int_equal(pdf_append(slice_of(small), slice_of(small), "ab", &out, &err), TQ_OK);
    assert_memory_equal(out.data, small, sizeof(small) - 1);
    assert_true(holds(&out, "4 0 obj\n<< /Length 15 0 R >>\nstream\n2 0 R stays\nendstream"));
    assert_true(holds(&out, "5 0 obj\n<< /Kids [ 4 0 R 15 0 R ] >>"));
    assert_true(holds(&out, "xref\n0 1\n0000000000 65535 f \n4 3\n"));
    assert_true(holds(&out, "/Size 7 /Root 5 0 R /Info 6 0 R /Prev 153 /ID [<0"));
    buf_clear(&out);
}

static void a_document_saved_anew_says_so(void **state)
{
    const struct pdf_words words = {"Tool", "D:2024", "D:2025", "aa", "bb"};
    struct buf out = {0};
    struct tq_error err;

    (void)state;
    assert_int_equal(pdf_save_anew(slice_of(small), &words, &out, &err), TQ_OK);
    assert_true(holds(&out, "/Producer (Tool) /CreationDate (D:2024) /ModDate (D:2025)"));
    assert_false(holds(&out, "/Producer (x)"));
    assert_true(holds(&out, "/Root 2 0 R /Info 4 0 R /ID [<aa> <bb>]"));
    buf_clear(&out);
}

static void another_form_is_refused(void **state)
{
    const struct pdf_words words = {"Tool", "", "", "", ""};
    struct buf out = {0};
    struct tq_error err;

    (void)state;
    assert_int_equal(pdf_save_anew(SLICE_LITERAL("%PDF-1.5\n"), &words, &out, &err), TQ_E_SYNTAX);
    assert_int_equal(
        pdf_save_anew(SLICE_LITERAL("/Root 1 /Info 1 startxref\n2\n"), &words, &out, &err),
        TQ_E_SYNTAX);
    assert_int_equal(out.length, 0);
}

static void a_failed_allocation_comes_back(void **state)
{
    int r = TQ_E_NOMEM;

    (void)state;
    for (unsigned nth = 1; r == TQ_E_NOMEM; nth++) {
        struct buf out = {0};
        struct tq_error err;

        assert_true(nth < 100);
        alloc_fail_nth(nth);
        r = pdf_append(slice_of(small), slice_of(small), "ab", &out, &err);
        alloc_fail_nth(0);
        buf_clear(&out);
    }
    assert_int_equal(r, TQ_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_update_keeps_what_was_and_renumbers_what_comes),
        cmocka_unit_test(a_document_saved_anew_says_so),
        cmocka_unit_test(another_form_is_refused),
        cmocka_unit_test(a_failed_allocation_comes_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
