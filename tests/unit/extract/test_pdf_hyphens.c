/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "extract/pdf_hyphens.h"
#include "extract/pdf_words.h"

/* A word in the line of that number, from `x` on. */
static void add(struct page_builder *builder, const char *text, float x, unsigned line)
{
    size_t start = builder->text.length;
    float y = 12.0f * (float)line;
    struct tq_error err;

    buf_add_slice(&builder->text, slice_of(text));
    assert_int_equal(page_builder_word(builder, start, x, y, x + 40, y + 10, &err), TQ_OK);
}

static void check(struct page_builder *builder, const char *wanted)
{
    struct page page = page_builder_page(builder, 1, 100, 100);
    struct buf words = {0};

    for (uint32_t i = 0; i < page.word_count; i++) {
        buf_add_byte(&words, '[');
        buf_add_slice(&words, page_word_text(&page, &page.words[i]));
        buf_add_byte(&words, ']');
    }
    assert_string_equal(words.data, wanted);
    buf_clear(&words);
    page_builder_clear(builder);
}

/* "un", `first` in one line, `second` and "fin" in the next. */
static void check_two(const char *first, const char *second, const char *wanted)
{
    struct page_builder builder = {0};

    add(&builder, "un", 0, 0);
    add(&builder, first, 50, 0);
    add(&builder, second, 0, 1);
    add(&builder, "fin", 50, 1);
    pdf_hyphens_join(&builder, 2);
    check(&builder, wanted);
}

static void a_parted_word_is_joined(void **state)
{
    (void)state;
    check_two("attes-", "tation", "[un][attestation][fin]");
    check_two("pr\xC3\xA9-", "\xC3\xA9tabli", "[un][pr\xC3\xA9\xC3\xA9tabli][fin]");
    check_two("soft\xC2\xAD", "ware", "[un][software][fin]");
}

static void names_numbers_and_dashes_are_not_joined(void **state)
{
    (void)state;
    check_two("Jean-", "Marc", "[un][Jean-][Marc][fin]");
    check_two("2024-", "05", "[un][2024-][05][fin]");
    check_two("A-", "level", "[un][A-][level][fin]");
    check_two("-", "level", "[un][-][level][fin]");
    check_two("mot", "mot", "[un][mot][mot][fin]");
}

static void words_beside_each_other_are_not_joined(void **state)
{
    struct page_builder builder = {0};

    (void)state;
    add(&builder, "attes-", 0, 0);
    add(&builder, "tation", 50, 0);
    pdf_hyphens_join(&builder, 1);
    pdf_hyphens_join(&builder, 0);
    pdf_hyphens_join(&builder, 2);
    check(&builder, "[attes-][tation]");
}

static void letters_printed_twice_count_once(void **state)
{
    struct glyph glyphs[] = {{'a', 0, 0, 5, 10, 10, 0},       {'a', 0.3f, 0, 5.3f, 10, 10, 0},
                             {'a', 0.6f, 0, 5.6f, 10, 10, 0}, {'l', 5, 0, 7, 10, 10, 0},
                             {'l', 7, 0, 9, 10, 10, 0},       {'l', 7, 0.3f, 9, 10.3f, 10, 0}};
    struct page_builder builder = {0};
    struct tq_error err;

    (void)state;
    assert_int_equal(pdf_words_add(&builder, glyphs, 6, &err), TQ_OK);
    check(&builder, "[all]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_parted_word_is_joined),
        cmocka_unit_test(names_numbers_and_dashes_are_not_joined),
        cmocka_unit_test(words_beside_each_other_are_not_joined),
        cmocka_unit_test(letters_printed_twice_count_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
