/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "register/view.h"
#include "toy_register.h"

#define PEOPLE                                 \
    "kind person\n"                            \
    "field person name family-name identity\n" \
    "field person born date identity\n"        \
    "field person sex code identity\n"         \
    "1 | name | BENJELLOUN\n"                  \
    "1 | born | 1980-05-12\n"                  \
    "1 | sex | M\n"                            \
    "2 | name | BENJELAL\n"                    \
    "2 | born | 1980-11-01\n"                  \
    "2 | sex | F\n"                            \
    "3 | name | RAMI\n"                        \
    "3 | born | 1991-01-31\n"                  \
    "3 | sex | F\n"

static struct view *make(const struct reg *reg, const struct column_reading *reading)
{
    struct view *view = NULL;
    struct tq_error err;

    assert_int_equal(view_new(reg, reading, &view, &err), TQ_OK);
    return view;
}

static uint32_t key(const struct view *view, const char *cell)
{
    struct buf scratch = {0};
    uint32_t found = view_cell_key(view, slice_of(cell), &scratch);

    buf_clear(&scratch);
    return found;
}

static bool can_read(const struct view *view, const char *cell)
{
    struct buf scratch = {0};
    bool can = view_can_read(view, slice_of(cell), &scratch);

    buf_clear(&scratch);
    return can;
}

static uint32_t held_key(const struct reg *reg, const struct view *view, struct target target,
                         uint32_t subject)
{
    struct held_list list = {0};
    struct tq_error err;
    uint32_t found;

    assert_int_equal(held_find(reg, &target, subject, MONTH_NONE, &list, &err), TQ_OK);
    assert_int_equal(list.count, 1);
    found = view_held_key(view, &list.items[0]);
    held_list_clear(&list);
    return found;
}

static void a_plain_view_uses_the_keys_of_the_field(void **state)
{
    struct reg *reg = toy_register(PEOPLE);
    struct column_reading reading = {.target = toy_target(reg, "person", NULL, "born"),
                                     .interpretation = AS_DMY};
    struct view *view = make(reg, &reading);

    (void)state;
    assert_int_equal(key(view, " 12/05/1980 "), held_key(reg, view, reading.target, 0));
    assert_int_equal(key(view, "13/05/1980"), KEY_NONE);
    assert_int_equal(key(view, ""), KEY_NONE);
    assert_true(can_read(view, "13/05/1980"));
    assert_false(can_read(view, "05/13/1980"));
    assert_false(can_read(view, " "));
    assert_int_equal(view_key_count(view), 3);
    assert_int_equal(view_key_frequency(view, key(view, "12/05/1980")), 1);
    view = view_free(view);
    reg = reg_free(reg);
}

/* Two digits mean the hundred years in which the field's own dates are. */
static void short_years_are_those_of_the_field(void **state)
{
    struct reg *reg = toy_register("kind person\n"
                                   "field person born date identity\n"
                                   "field person expires date identity\n"
                                   "field person hired date employment\n"
                                   "1 | born | 1908-03-05\n1 | expires | 2034-11-30\n"
                                   "2 | born | 1929-12-24\n2 | expires | 2051-01-01\n"
                                   "1 | hired | 1999-06-01\n2 | hired | 2024-06-01\n");
    static const struct {
        const char *field, *cells[2], *other;
        enum interpretation as;
    } columns[] = {
        {"born", {"05/03/08", "241229"}, "05/03/2008", AS_DMY},
        {"expires", {"34-11-30", "510101"}, "1934-11-30", AS_YMD},
        {"hired", {"06/01/99", "06/01/24"}, "06/01/1924", AS_MDY},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        struct column_reading reading = {.target =
                                             toy_target(reg, "person", NULL, columns[i].field),
                                         .interpretation = columns[i].as};
        struct view *view = make(reg, &reading);

        for (uint32_t subject = 0; subject < 2; subject++) {
            assert_int_not_equal(key(view, columns[i].cells[subject]), KEY_NONE);
            assert_int_equal(key(view, columns[i].cells[subject]),
                             held_key(reg, view, reading.target, subject));
        }
        assert_int_equal(key(view, columns[i].other), KEY_NONE);
        view = view_free(view);
    }
    reg = reg_free(reg);
}

static void a_year_stands_for_all_its_days(void **state)
{
    struct reg *reg = toy_register(PEOPLE);
    struct column_reading reading = {.target = toy_target(reg, "person", NULL, "born"),
                                     .interpretation = AS_YEAR};
    struct view *view = make(reg, &reading);
    const uint32_t *holders;
    uint32_t count;

    (void)state;
    assert_int_equal(view_key_count(view), 2);
    assert_int_equal(key(view, "1980"), held_key(reg, view, reading.target, 0));
    assert_int_equal(key(view, "1980"), held_key(reg, view, reading.target, 1));
    assert_int_equal(key(view, "1981"), KEY_NONE);
    holders = view_key_holders(view, key(view, "1980"), &count);
    assert_int_equal(count, 2);
    assert_int_equal(holders[0], 0);
    assert_int_equal(holders[1], 1);
    view = view_free(view);
    reg = reg_free(reg);
}

static void a_month_stands_for_all_its_days(void **state)
{
    struct reg *reg = toy_register(PEOPLE);
    struct column_reading reading = {.target = toy_target(reg, "person", NULL, "born"),
                                     .interpretation = AS_MY};
    struct view *view = make(reg, &reading);

    (void)state;
    assert_int_equal(view_key_count(view), 3);
    assert_int_equal(key(view, "05/1980"), held_key(reg, view, reading.target, 0));
    assert_int_equal(key(view, "mai 1980"), held_key(reg, view, reading.target, 0));
    assert_int_equal(key(view, "11/80"), held_key(reg, view, reading.target, 1));
    assert_int_equal(key(view, "06/1980"), KEY_NONE);
    assert_false(can_read(view, "12/05/1980"));
    view = view_free(view);
    reg = reg_free(reg);
}

/* No January, which one of them was born in. */
static void a_year_alone_is_no_month(void **state)
{
    struct reg *reg = toy_register(PEOPLE);
    struct column_reading reading = {.target = toy_target(reg, "person", NULL, "born"),
                                     .interpretation = AS_YM};
    struct view *view = make(reg, &reading);

    (void)state;
    assert_int_equal(key(view, "1991-01"), held_key(reg, view, reading.target, 2));
    assert_int_equal(key(view, "1991"), KEY_NONE);
    assert_false(can_read(view, "1991"));
    view = view_free(view);
    reg = reg_free(reg);
}

static void an_age_is_that_of_the_day(void **state)
{
    struct reg *reg = toy_register(PEOPLE);
    struct column_reading reading = {.target = toy_target(reg, "person", NULL, "born"),
                                     .interpretation = AS_AGE,
                                     .age_day = days_from_civil(2024, 6, 1)};
    struct view *view = make(reg, &reading);

    (void)state;
    assert_int_equal(view_key_count(view), 3);
    assert_int_equal(key(view, "44"), held_key(reg, view, reading.target, 0));
    assert_int_equal(key(view, "43 ans"), held_key(reg, view, reading.target, 1));
    assert_int_equal(key(view, "33"), held_key(reg, view, reading.target, 2));
    assert_int_equal(key(view, "34"), KEY_NONE);
    view = view_free(view);
    reg = reg_free(reg);
}

static void cut_cells_agree_with_cut_values(void **state)
{
    struct reg *reg = toy_register(PEOPLE);
    struct column_reading reading = {.target = toy_target(reg, "person", NULL, "name"),
                                     .interpretation = AS_CUT,
                                     .redaction = {.unit = REDACTION_CUT, .head = 6}};
    struct view *view = make(reg, &reading);

    (void)state;
    assert_int_equal(view_key_count(view), 2);
    assert_int_equal(key(view, "benjel"), held_key(reg, view, reading.target, 0));
    assert_int_equal(key(view, "BENJEL"), held_key(reg, view, reading.target, 1));
    assert_int_equal(view_key_frequency(view, key(view, "benjel")), 2);
    assert_int_equal(key(view, "benj"), KEY_NONE);
    assert_int_equal(key(view, "rami"), held_key(reg, view, reading.target, 2));
    view = view_free(view);
    reg = reg_free(reg);
}

static void cells_agree_with_pieces_of_values(void **state)
{
    struct reg *reg = toy_register("kind person\n"
                                   "field person home address contact\n"
                                   "1 | home | Hauptstra\xc3\x9f"
                                   "e 12, 10115 Berlin\n"
                                   "2 | home | Am Markt 3, 53111 Bonn\n");
    struct column_reading town = {.target = toy_target(reg, "person", NULL, "home"),
                                  .interpretation = AS_PIECE,
                                  .value_piece = {PIECE_LAST_PART, PIECE_AFTER_NUMBER}};
    struct column_reading street = town;
    struct view *view = make(reg, &town);

    (void)state;
    assert_int_equal(key(view, "BERLIN"), held_key(reg, view, town.target, 0));
    assert_int_equal(key(view, "Bonn"), held_key(reg, view, town.target, 1));
    assert_int_equal(key(view, "10115"), KEY_NONE);
    view = view_free(view);
    street.value_piece = (struct cell_piece){1, PIECE_ALL};
    view = make(reg, &street);
    assert_int_equal(key(view, "Hauptstr. 12"), held_key(reg, view, street.target, 0));
    assert_int_equal(key(view, "Am Markt 4"), KEY_NONE);
    view = view_free(view);
    reg = reg_free(reg);
}

/* The source cut "EL ALAOUI" after its blank, and trimmed the cell or did not. */
static void a_cut_may_fall_on_a_blank(void **state)
{
    struct reg *reg = toy_register("kind person\n"
                                   "field person name family-name identity\n"
                                   "1 | name | EL ALAOUI\n");
    struct column_reading reading = {.target = toy_target(reg, "person", NULL, "name"),
                                     .interpretation = AS_CUT,
                                     .redaction = {.unit = REDACTION_CUT, .head = 3}};
    struct view *view = make(reg, &reading);

    (void)state;
    assert_int_equal(key(view, "EL"), held_key(reg, view, reading.target, 0));
    assert_int_equal(key(view, "EL "), held_key(reg, view, reading.target, 0));
    view = view_free(view);
    reg = reg_free(reg);
}

static void masked_cells_agree_with_masked_values(void **state)
{
    struct reg *reg = toy_register(PEOPLE);
    struct column_reading reading = {.target = toy_target(reg, "person", NULL, "name"),
                                     .interpretation = AS_MASKED,
                                     .redaction = {.unit = REDACTION_WHOLE, .head = 1, .tail = 1}};
    struct view *view = make(reg, &reading);
    uint32_t rami = held_key(reg, view, reading.target, 2);

    (void)state;
    assert_int_equal(key(view, "R**I"), rami);
    assert_int_equal(key(view, "rami"), rami);
    assert_int_equal(key(view, "R***"), KEY_NONE);
    assert_false(can_read(view, "R***"));
    assert_int_equal(key(view, "R**a"), KEY_NONE);
    assert_true(can_read(view, "R**a"));
    assert_true(view_is_held(view, 2, rami));
    assert_false(view_is_held(view, 0, rami));
    view = view_free(view);
    reg = reg_free(reg);
}

static void a_codebook_maps_cells_to_keys(void **state)
{
    struct reg *reg = toy_register(PEOPLE);
    struct target sex = toy_target(reg, "person", NULL, "sex");
    struct buf scratch = {0};
    struct codebook_entry book[2] = {
        {normalise_fingerprint(&reg->normaliser, AS_CODE, slice_of("1"), &scratch),
         toy_key(reg, sex.field, "M")},
        {normalise_fingerprint(&reg->normaliser, AS_CODE, slice_of("2"), &scratch),
         toy_key(reg, sex.field, "F")}};
    struct column_reading reading = {
        .target = sex, .interpretation = AS_CODEBOOK, .codebook = book, .codebook_count = 2};
    struct view *view;

    (void)state;
    if (book[0].cell > book[1].cell) {
        struct codebook_entry first = book[0];

        book[0] = book[1];
        book[1] = first;
    }
    view = make(reg, &reading);
    assert_int_equal(key(view, "1"), held_key(reg, view, sex, 0));
    assert_int_equal(key(view, " 2"), held_key(reg, view, sex, 1));
    assert_int_equal(key(view, "3"), KEY_NONE);
    assert_false(can_read(view, "3"));
    assert_int_equal(view_key_frequency(view, key(view, "2")), 2);
    buf_clear(&scratch);
    view = view_free(view);
    reg = reg_free(reg);
}

static void a_batch_has_the_keys_of_its_cells(void **state)
{
    const char *cells[] = {"rami", "", "benjel", "zzz"};
    struct reg *reg = toy_register(PEOPLE);
    struct column_reading readings[2] = {
        {.target = toy_target(reg, "person", NULL, "name"),
         .interpretation = AS_CUT,
         .redaction = {.unit = REDACTION_CUT, .head = 6}},
        {.target = toy_target(reg, "person", NULL, "name"), .interpretation = AS_NAME}};
    struct batch_builder builder;
    struct tq_error err;
    uint32_t keys[4];

    (void)state;
    batch_builder_init(&builder, 2);
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(batch_builder_cell(&builder, slice_of("x"), &err), TQ_OK);
        assert_int_equal(batch_builder_cell(&builder, slice_of(cells[i]), &err), TQ_OK);
        assert_int_equal(batch_builder_row(&builder, 1, i + 1, i + 1, 0, &err), TQ_OK);
    }
    for (size_t v = 0; v < 2; v++) {
        struct view *view = make(reg, &readings[v]);

        assert_int_equal(view_batch_keys(view, &builder.batch, 1, keys, &err), TQ_OK);
        for (size_t i = 0; i < 4; i++)
            assert_int_equal(keys[i], key(view, cells[i]));
        assert_int_not_equal(keys[0], KEY_NONE);
        view = view_free(view);
    }
    batch_builder_clear(&builder);
    reg = reg_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_view_uses_the_keys_of_the_field),
        cmocka_unit_test(short_years_are_those_of_the_field),
        cmocka_unit_test(a_year_stands_for_all_its_days),
        cmocka_unit_test(a_month_stands_for_all_its_days),
        cmocka_unit_test(a_year_alone_is_no_month),
        cmocka_unit_test(an_age_is_that_of_the_day),
        cmocka_unit_test(cut_cells_agree_with_cut_values),
        cmocka_unit_test(cells_agree_with_pieces_of_values),
        cmocka_unit_test(a_cut_may_fall_on_a_blank),
        cmocka_unit_test(masked_cells_agree_with_masked_values),
        cmocka_unit_test(a_codebook_maps_cells_to_keys),
        cmocka_unit_test(a_batch_has_the_keys_of_its_cells),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
