/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "register/array_code.h"

#define BYTES(...) ((const unsigned char[]){__VA_ARGS__})

/* An exact copy on the heap, so that a sanitizer sees the first byte beside it. */
static void *exact(const void *data, size_t length)
{
    void *copy = malloc(length ? length : 1);

    assert_non_null(copy);
    if (length)
        memcpy(copy, data, length);
    return copy;
}

/* Decodes `coded` into a fresh array of just that size; the caller frees *out_items. */
static bool decode(const struct array_code *code, size_t first, size_t count,
                   const unsigned char *coded, size_t length, void **out_items)
{
    struct array_code piece = *code;
    unsigned char *copy = exact(coded, length);
    bool ok;

    piece.items = calloc(count, code->size);
    assert_non_null(piece.items);
    ok = array_decode(&piece, first, count, copy, length);
    free(copy);
    *out_items = piece.items;
    return ok;
}

/* A piece comes back as it was. */
static void piece_comes_back(const struct array_code *code, size_t first, size_t count)
{
    struct array_code piece = *code;
    unsigned char *coded = malloc(ARRAY_CODED_MAX(count, code->size));
    size_t length;
    void *decoded;

    assert_non_null(coded);
    piece.items = (unsigned char *)code->items + first * code->size;
    length = array_encode(&piece, first, count, coded);
    assert_true(length <= ARRAY_CODED_MAX(count, code->size));
    assert_true(decode(code, first, count, coded, length, &decoded));
    assert_memory_equal(decoded, piece.items, count * code->size);
    free(decoded);
    free(coded);
}

static void comes_back(const struct array_code *code, size_t items, size_t unit)
{
    for (size_t per_piece = unit; per_piece < 2 * items + unit; per_piece *= 3) {
        for (size_t first = 0; first < items; first += per_piece)
            piece_comes_back(code, first, items - first < per_piece ? items - first : per_piece);
    }
}

/* The bytes are part of the format. */
static void coded_as(const struct array_code *code, size_t count, const unsigned char *bytes,
                     size_t length)
{
    unsigned char coded[512];

    assert_true(ARRAY_CODED_MAX(count, code->size) <= sizeof(coded));
    assert_int_equal(array_encode(code, 0, count, coded), length);
    assert_memory_equal(coded, bytes, length);
}

/* Whatever a piece says, decoding it keeps within its arrays: every cut, and every byte changed. */
static void survives_damage(const struct array_code *code, size_t items)
{
    unsigned char coded[512];
    size_t length = array_encode(code, 0, items, coded);
    void *decoded;

    for (size_t cut = 0; cut < length; cut++) {
        assert_false(decode(code, 0, items, coded, cut, &decoded));
        free(decoded);
    }
    coded[length] = 0;
    assert_false(decode(code, 0, items, coded, length + 1, &decoded));
    free(decoded);
    for (size_t i = 0; i < length; i++) {
        unsigned char before = coded[i];

        for (unsigned byte = 0; byte <= UINT8_MAX; byte++) {
            coded[i] = (unsigned char)byte;
            (void)decode(code, 0, items, coded, length, &decoded);
            free(decoded);
        }
        coded[i] = before;
    }
}

/* Three subjects, of two, none and four facts; those of the donor are more. */
static const uint32_t groups[] = {0, 2, 2, 6}, donor_groups[] = {0, 3, 4, 9};
static const int32_t donor_times[] = {100, 200, 300, 5, 10, 20, 30, 40, MOMENT_MAX};

static void differences_are_small(void **state)
{
    uint32_t items[] = {0, 3, 5, 5, 260}, base[] = {0, 3, 4, 5, 4};
    uint16_t months[] = {24290, 24291, 24290};
    struct array_code code = {.coding = ARRAY_DIFFERENCES, .size = 4, .items = items};
    struct array_code short_code = {.coding = ARRAY_DIFFERENCES, .size = 2, .items = months};

    (void)state;
    coded_as(&code, 5, BYTES(0, 3, 2, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 20);
    comes_back(&code, 5, 1);
    survives_damage(&code, 5);
    code.base = base;
    coded_as(&code, 5, BYTES(0, 0, 1, 255, 0, 0, 0, 0, 255, 1, 0, 0, 0, 255, 0, 0, 0, 0, 255, 0),
             20);
    comes_back(&code, 5, 1);
    coded_as(&short_code, 3, BYTES(0xe2, 1, 0xff, 0x5e, 0, 0xff), 6);
    comes_back(&short_code, 3, 1);
    survives_damage(&short_code, 3);
}

static void times_are_days_and_minutes(void **state)
{
    int32_t items[] = {MOMENT_MIN, MOMENT_MIN + 1441, 0, MOMENT_MAX},
            base[] = {MOMENT_MIN, MOMENT_MIN, 1440, MOMENT_MAX - 1440};
    struct array_code code = {.coding = ARRAY_DAYS, .size = 4, .items = items};

    (void)state;
    coded_as(&code, 4,
             BYTES(0, 1, 0x6c, 0xd8, 0, 0, 0xc1, 0x82, 0, 0, 0x16, 0x2d, /* days */
                   0, 1, 128, 255, 0, 0, 0, 0),
             20);
    comes_back(&code, 4, 1);
    survives_damage(&code, 4);
    code.coding = ARRAY_DAYS_AFTER;
    code.base = base;
    coded_as(&code, 4, BYTES(0, 2, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 128, 255, 0, 0, 0, 0), 20);
    comes_back(&code, 4, 1);
    survives_damage(&code, 4);
}

static void times_are_picked_from_those_of_another_field(void **state)
{
    int32_t items[] = {100, 300, 10, 10, 7, MOMENT_MAX};
    struct array_code code = {.coding = ARRAY_PICKED,
                              .size = 4,
                              .items = items,
                              .groups = groups,
                              .group_count = 3,
                              .base = donor_times,
                              .base_groups = donor_groups};

    (void)state;
    coded_as(&code, 6, BYTES(3, 4, 3, 2, 0, 1, 7, 0, 0, 0), 10);
    comes_back(&code, 6, 1);
    survives_damage(&code, 6);
}

static void a_version_ends_when_the_next_begins(void **state)
{
    int32_t begins[] = {1, 2, 5, 6, 7, 9}, ends[] = {2, MOMENT_MAX, 6, 7, 8, MOMENT_MAX};
    struct array_code code = {.coding = ARRAY_PICKED,
                              .size = 4,
                              .items = ends,
                              .groups = groups,
                              .group_count = 3,
                              .base = begins,
                              .base_groups = groups};

    (void)state;
    coded_as(&code, 6, BYTES(4, 1, 4, 3, 0, 1, 8, 0, 0, 0), 10);
    comes_back(&code, 6, 1);
    survives_damage(&code, 6);
}

static void periods_are_picked_as_well(void **state)
{
    uint16_t items[] = {1, 3, 5, 6, 6, 9}, base[] = {1, 2, 3, 4, 5, 6, 7, 8, 8};
    struct array_code code = {.coding = ARRAY_PICKED,
                              .size = 2,
                              .items = items,
                              .groups = groups,
                              .group_count = 3,
                              .base = base,
                              .base_groups = donor_groups};

    (void)state;
    coded_as(&code, 6, BYTES(3, 4, 3, 3, 2, 0, 9, 0), 8);
    comes_back(&code, 6, 1);
    survives_damage(&code, 6);
}

static void values_come_again(void **state)
{
    uint32_t items[] = {7, 7, 7, 300, 7, 300};
    struct array_code code = {
        .coding = ARRAY_REPEATED, .size = 4, .items = items, .groups = groups, .group_count = 3};

    (void)state;
    coded_as(&code, 6, BYTES(0, 1, 0, 0, 2, 2, 7, 7, 300 & 255, 0, 0, 1, 0, 0, 0, 0, 0, 0), 18);
    comes_back(&code, 6, 1);
    survives_damage(&code, 6);
}

static void texts_share_their_beginnings(void **state)
{
    char items[] = "AtlasAtlas SARLB";
    const uint32_t texts[] = {0, 0, 5, 15, 16};
    struct array_code code = {
        .coding = ARRAY_FRONT, .size = 1, .items = items, .groups = texts, .group_count = 4};

    (void)state;
    coded_as(&code, 16, (const unsigned char *)"\0\5\0Atlas SARLB", 14);
    comes_back(&code, 16, 1);
    survives_damage(&code, 16);
}

static void texts_are_edited_from_the_end(void **state)
{
    char items[] = "80rue n 5rue n 51234x", base[] = "0080Rue, N 5Rue, N 51234";
    const uint32_t texts[] = {0, 2, 9, 16, 20, 21}, base_texts[] = {0, 4, 12, 20, 24, 24};
    struct array_code code = {.coding = ARRAY_EDITED,
                              .size = 1,
                              .items = items,
                              .groups = texts,
                              .group_count = 5,
                              .base = base,
                              .base_groups = base_texts};

    (void)state;
    coded_as(&code, 21,
             BYTES(1, 1, 1, 0, 1,            /* which are edited */
                   0, 0,                     /* 80 */
                   0, 0, 254, 0, 1, 0, 254,  /* N and R become n and r, the comma is left out */
                   0, 0, 0, 0, 1, 0, 0, 255, /* what was learnt; an x from nowhere */
                   'n', 'r', 'x'),
             25);
    comes_back(&code, 21, 1);
    survives_damage(&code, 21);
}

static void numbers_follow_from_their_texts(void **state)
{
    uint64_t items[] = {161302, 161310, 350, (uint64_t)-250, 99, 12, 0};
    char base[] = "1613.021613.13.505-2.50.999x2024-03-01";
    const uint32_t texts[] = {0, 7, 13, 18, 22, 27, 28, 38};
    struct array_code code = {
        .coding = ARRAY_NUMBERS, .size = 1, .items = items, .base = base, .base_groups = texts};

    (void)state;
    comes_back(&code, sizeof(items), NUMBER_BYTES);
    survives_damage(&code, sizeof(items));
    coded_as(&code, 3 * NUMBER_BYTES,
             BYTES(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 24);
}

/* A piece in which nothing is as expected is still no larger than promised. */
static void the_worst_fits(void **state)
{
    enum {
        TEXTS = 300
    };
    char items[3 * TEXTS], base[3 * TEXTS];
    uint32_t texts[TEXTS + 1];
    struct array_code code = {.coding = ARRAY_EDITED,
                              .size = 1,
                              .items = items,
                              .groups = texts,
                              .group_count = TEXTS,
                              .base = base,
                              .base_groups = texts};

    (void)state;
    for (uint32_t i = 0; i <= TEXTS; i++)
        texts[i] = i < TEXTS / 2 ? i : 3 * i - TEXTS;
    for (size_t i = 0; i < sizeof(items); i++) {
        items[i] = (char)(i * 7919 >> 3);
        base[i] = (char)(i * 104729 >> 5);
    }
    comes_back(&code, texts[TEXTS], 1);
    code.coding = ARRAY_FRONT;
    comes_back(&code, texts[TEXTS], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(differences_are_small),
        cmocka_unit_test(times_are_days_and_minutes),
        cmocka_unit_test(times_are_picked_from_those_of_another_field),
        cmocka_unit_test(a_version_ends_when_the_next_begins),
        cmocka_unit_test(periods_are_picked_as_well),
        cmocka_unit_test(values_come_again),
        cmocka_unit_test(texts_share_their_beginnings),
        cmocka_unit_test(texts_are_edited_from_the_end),
        cmocka_unit_test(numbers_follow_from_their_texts),
        cmocka_unit_test(the_worst_fits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
