/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "register/dictionary.h"

static uint32_t add(struct dictionary *dictionary, struct slice text)
{
    struct tq_error err;
    uint32_t number = TEXT_NONE;

    assert_int_equal(dictionary_add(dictionary, text, &number, &err), TQ_OK);
    return number;
}

static void numbers_texts_in_order_of_arrival(void **state)
{
    struct dictionary dictionary = {0};

    (void)state;
    assert_int_equal(add(&dictionary, slice_of("b")), 0);
    assert_int_equal(add(&dictionary, slice_of("a")), 1);
    assert_int_equal(add(&dictionary, slice_of("b")), 0);
    assert_int_equal(add(&dictionary, slice_of("")), 2);
    assert_int_equal(dictionary.count, 3);
    assert_true(slice_is(dictionary_text(&dictionary, 1), "a"));
    assert_int_equal(dictionary_find(&dictionary, slice_of("c"), dictionary_hash(slice_of("c"))),
                     TEXT_NONE);
    dictionary_clear(&dictionary);
}

static void finds_a_block_of_texts_as_one_by_one(void **state)
{
    struct dictionary dictionary = {0};
    uint32_t hashes[DICTIONARY_BLOCK], numbers[DICTIONARY_BLOCK];
    struct slice texts[DICTIONARY_BLOCK];
    char memory[DICTIONARY_BLOCK][32];

    (void)state;
    for (size_t i = 0; i < DICTIONARY_BLOCK; i++) {
        int length = snprintf(memory[i], sizeof(memory[i]), "%.*s%zu", (int)(i % 20),
                              "a text of any length", i / 3);

        texts[i] = i % 16 ? slice_make(memory[i], (size_t)length) : slice_make(NULL, 0);
    }
    dictionary_find_block(&dictionary, texts, DICTIONARY_BLOCK, hashes, numbers);
    for (size_t i = 0; i < DICTIONARY_BLOCK; i++)
        assert_int_equal(numbers[i], TEXT_NONE);
    for (size_t i = 0; i < DICTIONARY_BLOCK; i += 2)
        (void)add(&dictionary, texts[i]);
    dictionary_find_block(&dictionary, texts, DICTIONARY_BLOCK, hashes, numbers);
    for (size_t i = 0; i < DICTIONARY_BLOCK; i++) {
        uint32_t hash = dictionary_hash(texts[i]);

        if (texts[i].length == 0) {
            assert_int_equal(numbers[i], TEXT_NONE);
            continue;
        }
        assert_int_equal(hashes[i], hash);
        assert_int_equal(numbers[i], dictionary_find(&dictionary, texts[i], hash));
    }
    dictionary_clear(&dictionary);
}

static void sorts_bytewise(void **state)
{
    const char *texts[] = {"12345678b", "12345678",     "", "12345678a",
                           "\xd9\x85",  "12345678\x01", "A"};
    const char *sorted[] = {"",          "12345678", "12345678\x01", "12345678a",
                            "12345678b", "A",        "\xd9\x85"};
    struct dictionary dictionary = {0};
    uint32_t *order = NULL;
    struct tq_error err;

    (void)state;
    for (size_t i = 0; i < 7; i++)
        (void)add(&dictionary, slice_of(texts[i]));
    assert_int_equal(dictionary_sort(&dictionary, &order, &err), TQ_OK);
    for (size_t i = 0; i < 7; i++)
        assert_true(slice_is(dictionary_text(&dictionary, order[i]), sorted[i]));
    free(order);
    dictionary_clear(&dictionary);
}

/* Enough texts for the radix sort, many with the same first eight bytes. */
static void sorts_many_as_few(void **state)
{
    struct dictionary dictionary = {0};
    uint32_t *order = NULL;
    struct tq_error err;

    (void)state;
    for (uint32_t i = 0; i < 100000; i++) {
        char text[32];
        int length = snprintf(text, sizeof(text), "%u-%u", i * 2654435761u % 977, i);

        (void)add(&dictionary, slice_make(text, (size_t)length));
    }
    assert_int_equal(dictionary.count, 100000);
    assert_int_equal(dictionary_sort(&dictionary, &order, &err), TQ_OK);
    for (uint32_t i = 1; i < dictionary.count; i++)
        assert_true(slice_compare(dictionary_text(&dictionary, order[i - 1]),
                                  dictionary_text(&dictionary, order[i]))
                    < 0);
    free(order);
    dictionary_clear(&dictionary);
}

/* The first 8, 16 or more bytes are the same for a few texts, for many, and for all; some end
 * there. */
static void sorts_what_begins_alike(void **state)
{
    const char *beginnings[] = {"", "12345678", "1234567890123456", "12345678901234567"};

    (void)state;
    for (size_t b = 0; b < 4; b++) {
        struct dictionary dictionary = {0};
        uint32_t *order = NULL;
        struct tq_error err;

        (void)add(&dictionary, slice_of("1234567890123456"));
        (void)add(&dictionary, slice_of("12345678"));
        for (uint32_t i = 0; i < 9000; i++) {
            char text[64];
            int length = snprintf(text, sizeof(text), "%s%u-%u", beginnings[b],
                                  i * 2654435761u % 9001 / 50, i);

            (void)add(&dictionary, slice_make(text, (size_t)length));
        }
        assert_int_equal(dictionary_sort(&dictionary, &order, &err), TQ_OK);
        for (uint32_t i = 1; i < dictionary.count; i++)
            assert_true(slice_compare(dictionary_text(&dictionary, order[i - 1]),
                                      dictionary_text(&dictionary, order[i]))
                        < 0);
        free(order);
        dictionary_clear(&dictionary);
    }
}

static void holds_what_it_has_room_for(void **state)
{
    struct dictionary dictionary = {0};
    const struct dictionary_slot *slots;
    struct tq_error err;

    (void)state;
    assert_int_equal(dictionary_reserve(&dictionary, 1000, &err), TQ_OK);
    slots = dictionary.slots;
    for (uint32_t i = 0; i < 1000; i++) {
        char text[16];

        assert_int_equal(
            add(&dictionary, slice_make(text, (size_t)snprintf(text, sizeof(text), "%u", i))), i);
    }
    assert_ptr_equal(dictionary.slots, slots);
    dictionary_close(&dictionary);
    assert_true(slice_is(dictionary_text(&dictionary, 999), "999"));
    dictionary_clear(&dictionary);
}

static void reports_that_memory_ran_out(void **state)
{
    struct tq_error err;

    (void)state;
    for (unsigned nth = 1; nth <= 3; nth++) {
        struct dictionary dictionary = {0};
        uint32_t number = 7;

        alloc_fail_nth(nth);
        assert_int_equal(dictionary_add(&dictionary, slice_of("a"), &number, &err), TQ_E_NOMEM);
        alloc_fail_nth(0);
        assert_int_equal(number, 7);
        assert_int_equal(dictionary.count, 0);
        dictionary_clear(&dictionary);
    }
    alloc_fail_nth(1);
    {
        struct dictionary dictionary = {0};

        assert_int_equal(dictionary_reserve(&dictionary, 1000, &err), TQ_E_NOMEM);
        alloc_fail_nth(0);
        dictionary_clear(&dictionary);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_texts_in_order_of_arrival),
        cmocka_unit_test(finds_a_block_of_texts_as_one_by_one),
        cmocka_unit_test(sorts_bytewise),
        cmocka_unit_test(sorts_many_as_few),
        cmocka_unit_test(sorts_what_begins_alike),
        cmocka_unit_test(holds_what_it_has_room_for),
        cmocka_unit_test(reports_that_memory_ran_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
