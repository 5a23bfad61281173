/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "register/assemble.h"
#include "toy_register.h"

#define PEOPLE                                                      \
    "country MA\n"                                                  \
    "kind employer\n"                                               \
    "field employer name text employment\n"                         \
    "kind person\n"                                                 \
    "field person number id identity\n"                             \
    "field person family_name family-name identity\n"               \
    "field person given_name given-name identity\n"                 \
    "field person employer ref employment to=employer\n"            \
    "field person salary amount financial periodic\n"               \
    "kind employer\n"                                               \
    "0700 | name | ATLAS\n"                                         \
    "0800 | name | RIF\n"                                           \
    "kind person\n"                                                 \
    "20 | number | 20\n"                                            \
    "20 | family_name | ALAOUI\n"                                   \
    "20 | given_name | Sara\n"                                      \
    "20 | employer | 0800\n"                                        \
    "10 | number | 0010\n"                                          \
    "10 | family_name | BERRADA | known ..2021-01-01\n"             \
    "10 | family_name | ALAOUI | known 2021-01-01..\n"              \
    "10 | given_name | Karim | known 2020-01-01..\n"                \
    "10 | employer | 700\n"                                         \
    "10 | employer | 999\n"                                         \
    "10 | salary | 3000.00 | period 2024-02 | known 2024-03-10..\n" \
    "10 | salary | 2900.00 | period 2024-01 | known 2024-02-10..\n"

static void numbers_subjects_by_their_keys(void **state)
{
    struct reg *reg = toy_register(PEOPLE);
    uint8_t person = reg_find_kind(reg, slice_of("person"));

    (void)state;
    assert_int_equal(reg->kind_count, 2);
    assert_int_equal(reg_find_kind(reg, slice_of("horse")), KIND_NONE);
    assert_int_equal(reg->kinds[person].subject_count, 2);
    assert_true(slice_is(reg_subject_key(reg, person, 0), "10"));
    assert_int_equal(reg_find_subject(reg, person, slice_of("20")), 1);
    assert_int_equal(reg_find_subject(reg, person, slice_of("15")), SUBJECT_NONE);
    assert_int_equal(reg_find_field(reg, person, slice_of("name")), FIELD_NONE);
    reg = reg_free(reg);
}

static void sorts_facts_by_period_and_known_time(void **state)
{
    struct reg *reg = toy_register(PEOPLE);
    const struct field *salary = reg_field(reg, toy_field(reg, "person", "salary"));
    const struct field *family = reg_field(reg, toy_field(reg, "person", "family_name"));

    (void)state;
    assert_int_equal(salary->fact_count, 2);
    assert_int_equal(salary->fact_period[0], month_number(2024, 1));
    assert_true(slice_is(field_value_text(salary, salary->fact_value[0]), "2900.00"));
    assert_int_equal(salary->known_from[0], toy_moment("2024-02-10"));
    assert_null(salary->valid_from);

    assert_int_equal(family->fact_start[1], 2);
    assert_true(slice_is(field_value_text(family, family->fact_value[0]), "BERRADA"));
    assert_int_equal(family->known_from[0], MOMENT_MIN);
    assert_int_equal(family->known_to[0], toy_moment("2021-01-01"));
    assert_null(family->fact_period);
    reg = reg_free(reg);
}

static void resolves_references_by_canonical_key(void **state)
{
    struct reg *reg = toy_register(PEOPLE);
    const struct field *employer = reg_field(reg, toy_field(reg, "person", "employer"));
    uint32_t atlas = toy_subject(reg, "employer", "0700");

    (void)state;
    assert_int_equal(
        employer->key_subject[toy_key(reg, toy_field(reg, "person", "employer"), "700")], atlas);
    assert_int_equal(
        employer->key_subject[toy_key(reg, toy_field(reg, "person", "employer"), "999")],
        SUBJECT_NONE);
    reg = reg_free(reg);
}

static void derives_full_names_where_both_held(void **state)
{
    struct reg *reg = toy_register(PEOPLE);
    const struct kind *person = &reg->kinds[reg_find_kind(reg, slice_of("person"))];
    const struct field *full = reg_field(reg, person->full_name);

    (void)state;
    assert_true(full->derived);
    assert_string_equal(full->name, "full_name");
    assert_int_equal(full->form, FORM_TOKENS);
    assert_int_equal(full->fact_count, 3);
    assert_true(slice_is(field_value_text(full, full->fact_value[0]), "BERRADA Karim"));
    assert_int_equal(full->known_from[0], toy_moment("2020-01-01"));
    assert_int_equal(full->known_to[0], toy_moment("2021-01-01"));
    assert_int_not_equal(toy_key(reg, person->full_name, "Sara Alaoui"), KEY_NONE);
    reg = reg_free(reg);
}

static void joins_no_names_across_scripts(void **state)
{
    struct reg *reg = toy_register("kind person\n"
                                   "field person family family-name identity\n"
                                   "field person given given-name identity\n"
                                   "1 | family | ALAOUI\n"
                                   "1 | family | العلوي\n"
                                   "1 | given | Sara\n"
                                   "1 | given | سارة\n"
                                   "2 | family | ALAOUI\n"
                                   "2 | given | سارة\n");
    const struct field *full = reg_field(reg, reg->kinds[0].full_name);

    (void)state;
    assert_int_equal(full->fact_start[1], 2);
    assert_int_equal(full->fact_start[2] - full->fact_start[1], 1); /* no other way */
    reg = reg_free(reg);
}

static void joins_the_names_of_several_fields(void **state)
{
    struct reg *reg = toy_register("kind person\n"
                                   "field person first family-name identity\n"
                                   "field person second family-name identity\n"
                                   "field person given given-name identity\n"
                                   "1 | first | GARCIA\n"
                                   "1 | second | LOZANO | known 2020-01-01..2021-01-01\n"
                                   "1 | second | RUBIO | known 2021-01-01..\n"
                                   "1 | given | Ana\n"
                                   "2 | first | GARCIA\n"
                                   "2 | given | Luis\n");
    uint16_t number = reg->kinds[0].full_name;
    const struct field *full = reg_field(reg, number);
    uint32_t old = toy_key(reg, number, "Garcia Lozano, Ana");

    (void)state;
    assert_int_equal(full->fact_start[1], 5); /* three pairs, and both surnames twice */
    assert_int_equal(full->fact_start[2] - full->fact_start[1], 1);
    assert_int_not_equal(toy_key(reg, number, "Ana Garcia Rubio"), KEY_NONE);
    assert_int_not_equal(toy_key(reg, number, "RUBIO ANA"), KEY_NONE);
    assert_int_equal(toy_key(reg, number, "Garcia Lozano Rubio Ana"), KEY_NONE);
    for (uint64_t i = 0; i < full->fact_start[1]; i++) {
        if (field_value_key(full, full->fact_value[i]) == old)
            assert_int_equal(full->known_to[i], toy_moment("2021-01-01"));
    }
    assert_int_not_equal(old, KEY_NONE);
    reg = reg_free(reg);
}

static void a_middle_name_is_also_its_initial(void **state)
{
    struct reg *reg = toy_register("kind person\n"
                                   "field person last family-name identity\n"
                                   "field person first given-name identity\n"
                                   "field person middle given-name identity\n"
                                   "1 | last | Halden\n"
                                   "1 | first | Ruth\n"
                                   "1 | middle | Élise\n"
                                   "2 | last | Norwick\n"
                                   "2 | first | Paul\n");
    uint16_t number = reg->kinds[0].full_name;

    (void)state;
    assert_int_not_equal(toy_key(reg, number, "Halden, Ruth E."), KEY_NONE);
    assert_int_not_equal(toy_key(reg, number, "Ruth Elise Halden"), KEY_NONE);
    assert_int_not_equal(toy_key(reg, number, "Ruth Halden"), KEY_NONE);
    assert_int_equal(toy_key(reg, number, "R. Elise Halden"), KEY_NONE);
    assert_int_equal(toy_key(reg, number, "Elise Halden"), KEY_NONE); /* her sister too is Elise */
    assert_int_equal(reg_field(reg, number)->fact_start[2] - reg_field(reg, number)->fact_start[1],
                     1);
    reg = reg_free(reg);
}

static void two_surnames_may_be_values_of_one_field(void **state)
{
    struct reg *reg = toy_register("kind person\n"
                                   "field person family family-name identity\n"
                                   "field person given given-name identity\n"
                                   "1 | family | GARCIA\n"
                                   "1 | family | LOZANO\n"
                                   "1 | given | Ana\n"
                                   "2 | family | MARIN | known 2020-01-01..2021-01-01\n"
                                   "2 | family | RUBIO | known 2021-01-01..\n"
                                   "2 | given | Eva\n");
    uint16_t number = reg->kinds[0].full_name;

    (void)state;
    assert_int_not_equal(toy_key(reg, number, "GARCIA LOZANO, Ana"), KEY_NONE);
    assert_int_not_equal(toy_key(reg, number, "Ana Garcia"), KEY_NONE);
    assert_int_equal(toy_key(reg, number, "MARIN RUBIO, Eva"), KEY_NONE); /* one after the other */
    reg = reg_free(reg);
}

static void a_particle_that_ends_a_family_name_joins_no_given_name(void **state)
{
    struct reg *reg = toy_register("kind person\n"
                                   "field person first family-name identity\n"
                                   "field person second family-name identity\n"
                                   "field person given given-name identity\n"
                                   "1 | first | Paz\n"
                                   "1 | second | Bou\n"
                                   "1 | given | Celia\n"
                                   "2 | first | Dussen van\n"
                                   "2 | given | Sven\n");
    uint16_t number = reg->kinds[0].full_name;

    (void)state;
    assert_int_not_equal(toy_key(reg, number, "Celia Paz Bou"), KEY_NONE);
    assert_int_not_equal(toy_key(reg, number, "PAZ BOU, Celia"), KEY_NONE);
    assert_int_not_equal(toy_key(reg, number, "Sven Dussen van"), KEY_NONE);
    assert_int_not_equal(toy_key(reg, number, "Dussen van, Sven"), KEY_NONE);
    reg = reg_free(reg);
}

static void caps_the_combinations_of_names(void **state)
{
    struct buf text = {0};
    struct reg *reg;

    (void)state;
    buf_add_text(&text, "kind person\nfield person family family-name identity\n"
                        "field person given given-name identity\n");
    for (char c = 'a'; c < 'i'; c++)
        buf_format(&text, "1 | family | F%cr\n1 | given | G%cr\n", c, c);
    reg = toy_register(text.data);
    assert_int_equal(reg_field(reg, reg->kinds[0].full_name)->fact_count, 16);
    reg = reg_free(reg);
    buf_clear(&text);
}

static void merges_repeated_facts(void **state)
{
    struct reg *reg = toy_register("kind person\n"
                                   "field person phone text contact\n"
                                   "1 | phone | a | known 2020-01-01..2020-02-01\n"
                                   "1 | phone | b | known 2020-01-15..2020-03-01\n"
                                   "1 | phone | a | known 2020-02-01..2020-03-01\n"
                                   "1 | phone | a | known 2020-02-10..2020-02-20\n"
                                   "1 | phone | a | known 2020-04-01..\n"
                                   "1 | phone | a | known 2020-04-01.. | valid 2020-01-01..\n");
    const struct field *phone = reg_field(reg, toy_field(reg, "person", "phone"));

    (void)state;
    assert_int_equal(phone->fact_count, 4);
    assert_int_equal(phone->known_from[0], toy_moment("2020-01-01"));
    assert_int_equal(phone->known_to[0], toy_moment("2020-03-01"));
    assert_int_equal(phone->known_from[1], toy_moment("2020-01-15"));
    assert_int_equal(phone->known_to[3], MOMENT_MAX);
    reg = reg_free(reg);
}

static void two_spellings_are_two_values_of_one_key(void **state)
{
    struct reg *reg = toy_register("kind person\n"
                                   "field person number id identity\n"
                                   "1 | number | ab-12\n"
                                   "2 | number | AB12\n"
                                   "2 | number | ab-12\n"
                                   "3 | number | X9\n");
    const struct field *number = reg_field(reg, 0);
    uint32_t key = toy_key(reg, 0, "ab12");

    (void)state;
    assert_int_equal(number->value_count, 3);
    assert_int_equal(number->key_count, 2);
    assert_int_equal(field_key_frequency(number, key), 2);
    assert_int_equal(number->posting[number->posting_start[key]], 0);
    assert_int_equal(number->posting[number->posting_start[key] + 1], 1);
    assert_int_equal(number->holders, 3);
    assert_true(number->shareable);
    assert_true(slice_is(field_key_text(number, 0), "AB12"));
    reg = reg_free(reg);
}

/* Every value of two digits is there: whatever is altered, it exists. */
static void density_is_one_where_every_number_is_issued(void **state)
{
    struct buf text = {0};
    struct reg *reg;

    (void)state;
    buf_add_text(&text,
                 "kind person\nfield person number id identity\nfield person n id identity\n");
    for (int i = 0; i < 100; i++)
        buf_format(&text, "%d | number | %02d\n%d | n | %010u\n", i, i, i,
                   (unsigned)i * 2654435761u);
    reg = toy_register(text.data);
    assert_float_equal(reg_field(reg, 0)->density, 1, 1e-9);
    assert_float_equal(reg_field(reg, 1)->density, 0, 1e-9);
    assert_false(reg_field(reg, 0)->shareable);
    reg = reg_free(reg);
    buf_clear(&text);
}

static void knows_its_horizon(void **state)
{
    struct reg *reg = toy_register(PEOPLE);

    (void)state;
    assert_int_equal(reg->known_from, toy_moment("2020-01-01"));
    assert_int_equal(reg->known_to, toy_moment("2024-03-10"));
    reg = reg_free(reg);
}

static void an_empty_register_answers_nothing(void **state)
{
    struct reg *reg = toy_register("kind person\nfield person number id identity\n");
    uint64_t prints[3] = {1, 2, 3};
    uint32_t keys[3];

    (void)state;
    field_find_keys(reg_field(reg, 0), prints, 3, keys);
    assert_int_equal(keys[2], KEY_NONE);
    assert_int_equal(field_find_key(reg_field(reg, 0), 1), KEY_NONE);
    assert_int_equal(reg_find_subject(reg, 0, slice_of("")), SUBJECT_NONE);
    assert_int_equal(reg->known_from, MOMENT_MIN);
    reg = reg_free(reg);
}

static void finds_many_keys_as_one(void **state)
{
    struct buf text = {0};
    uint64_t prints[1000];
    uint32_t keys[1000];
    const struct field *field;
    struct reg *reg;

    (void)state;
    buf_add_text(&text, "kind person\nfield person number id identity\n");
    for (unsigned i = 0; i < 700; i++)
        buf_format(&text, "%u | number | N%u\n", i, i * 7919u);
    reg = toy_register(text.data);
    field = reg_field(reg, 0);
    for (unsigned i = 0; i < 1000; i++)
        prints[i] = i % 3 == 0   ? hash_mix(i)
                    : i % 3 == 1 ? FINGERPRINT_NONE
                                 : field->key_fingerprint[i % 700];
    field_find_keys(field, prints, 1000, keys);
    for (unsigned i = 0; i < 1000; i++) {
        assert_int_equal(keys[i], i % 3 == 2 ? i % 700 : KEY_NONE);
        assert_int_equal(keys[i], field_find_key(field, prints[i]));
    }
    reg = reg_free(reg);
    buf_clear(&text);
}

static int build(unsigned threads, struct reg **out_reg, struct tq_error *err)
{
    struct assemble_head head = {.name = SLICE_LITERAL("x"), .fingerprint_key = "0123456789abcdef"};
    struct fact fact = {.known_from = MOMENT_MIN,
                        .known_to = MOMENT_MAX,
                        .valid_from = MOMENT_MIN,
                        .valid_to = MOMENT_MAX};
    struct field_definition definition = {
        .name = SLICE_LITERAL("f"), .type = TYPE_FAMILY_NAME, .ref_kind = KIND_NONE};
    struct assemble *assemble = NULL;
    uint16_t family, given;
    uint8_t kind;
    bool usable;
    int r = assemble_new(&head, &assemble, err);

    if (r < 0)
        return r;
    r = assemble_kind(assemble, SLICE_LITERAL("p"), &kind, err);
    if (r == TQ_OK)
        r = assemble_field(assemble, &definition, &family, err);
    definition.name = SLICE_LITERAL("g");
    definition.type = TYPE_GIVEN_NAME;
    if (r == TQ_OK)
        r = assemble_field(assemble, &definition, &given, err);
    if (r == TQ_OK)
        r = assemble_subject(assemble, kind, SLICE_LITERAL("1"), &fact.subject, err);
    if (r == TQ_OK)
        r = assemble_fact(assemble, family, SLICE_LITERAL("ALAOUI"), &fact, &usable, err);
    if (r == TQ_OK)
        r = assemble_fact(assemble, given, SLICE_LITERAL("Sara"), &fact, &usable, err);
    if (r == TQ_OK)
        r = assemble_finish(assemble, FINISH_TO_ASK, threads, out_reg, err);
    (void)assemble_free(assemble);
    return r;
}

static void survives_every_failing_allocation(void **state)
{
    unsigned nth = 1;

    (void)state;
    for (;; nth++) {
        struct reg *reg = NULL;
        struct tq_error err = {0};
        int r;

        alloc_fail_nth(nth);
        r = build(1, &reg, &err);
        alloc_fail_nth(0);
        if (r == TQ_OK) {
            reg = reg_free(reg);
            break;
        }
        assert_int_equal(r, TQ_E_NOMEM);
        assert_null(reg);
    }
    assert_true(nth > 50);
}

static void fields_with_the_same_times_share_them(void **state)
{
    struct reg *reg = toy_register("kind person\n"
                                   "field person days number employment periodic\n"
                                   "field person pay amount financial periodic\n"
                                   "field person other amount financial periodic\n"
                                   "1 | days | 26 | period 2024-01 | known 2024-02-01..\n"
                                   "1 | pay | 900 | period 2024-01 | known 2024-02-01..\n"
                                   "1 | other | 1 | period 2024-01 | known 2024-02-02..\n");
    const struct field *days = reg_field(reg, 0), *pay = reg_field(reg, 1);

    (void)state;
    assert_ptr_equal(days->known_from, pay->known_from);
    assert_ptr_equal(days->fact_period, pay->fact_period);
    assert_ptr_not_equal(days->fact_value, pay->fact_value);
    assert_ptr_not_equal(days->known_from, reg_field(reg, 2)->known_from);
    assert_ptr_equal(days->fact_start, reg_field(reg, 2)->fact_start);
    reg = reg_free(reg);
}

static void refuses_a_field_defined_in_two_ways(void **state)
{
    struct assemble_head head = {.name = SLICE_LITERAL("x")};
    struct field_definition definition = {
        .name = SLICE_LITERAL("f"), .type = TYPE_ID, .ref_kind = KIND_NONE};
    struct assemble *assemble = NULL;
    struct tq_error err;
    uint16_t first = 9, again = 9;
    uint8_t kind;

    (void)state;
    assert_int_equal(assemble_new(&head, &assemble, &err), TQ_OK);
    assert_int_equal(assemble_kind(assemble, SLICE_LITERAL("p"), &kind, &err), TQ_OK);
    assert_int_equal(assemble_field(assemble, &definition, &first, &err), TQ_OK);
    assert_int_equal(assemble_field(assemble, &definition, &again, &err), TQ_OK);
    assert_int_equal(first, again);
    definition.type = TYPE_DATE;
    assert_int_equal(assemble_field(assemble, &definition, &again, &err), TQ_E_USAGE);
    (void)assemble_free(assemble);
}

static void tells_values_without_canonical_form(void **state)
{
    struct assemble_head head = {.name = SLICE_LITERAL("x")};
    struct field_definition definition = {
        .name = SLICE_LITERAL("f"), .type = TYPE_FAMILY_NAME, .ref_kind = KIND_NONE};
    struct slice values[3] = {SLICE_LITERAL("ALAOUI"), SLICE_LITERAL("- ."), SLICE_LITERAL("")};
    struct fact facts[3] = {{.known_to = MOMENT_MAX, .valid_to = MOMENT_MAX},
                            {.known_to = MOMENT_MAX, .valid_to = MOMENT_MAX},
                            {.known_to = MOMENT_MAX, .valid_to = MOMENT_MAX}};
    struct assemble *assemble = NULL;
    struct tq_error err;
    struct reg *reg = NULL;
    struct fact_rows *rows = NULL;
    uint16_t field;
    uint8_t kind;
    bool usable[3];

    (void)state;
    assert_int_equal(assemble_new(&head, &assemble, &err), TQ_OK);
    assert_int_equal(assemble_kind(assemble, SLICE_LITERAL("p"), &kind, &err), TQ_OK);
    assert_int_equal(assemble_field(assemble, &definition, &field, &err), TQ_OK);
    assert_int_equal(assemble_subject(assemble, kind, SLICE_LITERAL("1"), &facts[0].subject, &err),
                     TQ_OK);
    assert_int_equal(assemble_rows(facts, 3, &rows, &err), TQ_OK);
    assert_int_equal(assemble_column(assemble, field, values, rows, usable, &err), TQ_OK);
    rows = fact_rows_let_go(rows);
    assert_true(usable[0]);
    assert_false(usable[1]);
    assert_true(usable[2]); /* an empty cell is no mistake */
    assert_int_equal(assemble_finish(assemble, FINISH_TO_ASK, 2, &reg, &err), TQ_OK);
    assert_int_equal(reg_field(reg, 0)->fact_count, 1);
    (void)assemble_free(assemble);
    reg = reg_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_subjects_by_their_keys),
        cmocka_unit_test(sorts_facts_by_period_and_known_time),
        cmocka_unit_test(resolves_references_by_canonical_key),
        cmocka_unit_test(derives_full_names_where_both_held),
        cmocka_unit_test(joins_no_names_across_scripts),
        cmocka_unit_test(joins_the_names_of_several_fields),
        cmocka_unit_test(a_middle_name_is_also_its_initial),
        cmocka_unit_test(two_surnames_may_be_values_of_one_field),
        cmocka_unit_test(a_particle_that_ends_a_family_name_joins_no_given_name),
        cmocka_unit_test(caps_the_combinations_of_names),
        cmocka_unit_test(merges_repeated_facts),
        cmocka_unit_test(two_spellings_are_two_values_of_one_key),
        cmocka_unit_test(density_is_one_where_every_number_is_issued),
        cmocka_unit_test(knows_its_horizon),
        cmocka_unit_test(an_empty_register_answers_nothing),
        cmocka_unit_test(finds_many_keys_as_one),
        cmocka_unit_test(survives_every_failing_allocation),
        cmocka_unit_test(fields_with_the_same_times_share_them),
        cmocka_unit_test(refuses_a_field_defined_in_two_ways),
        cmocka_unit_test(tells_values_without_canonical_form),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
