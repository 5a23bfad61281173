/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "drill/forge.h"

static int make_world(void **state)
{
    static struct world world;
    struct drill_request request = {
        .persons = 3000, .employers = 240, .months = 18, .documents = 0, .seed = 5, .threads = 1};
    struct tq_error err;

    *state = &world;
    return world_make(&request, &world, &err);
}

static int drop_world(void **state)
{
    world_clear(*state);
    return 0;
}

static void what_the_register_holds_at_the_snapshot_agrees(void **state)
{
    const struct world *world = *state;
    static struct person person;

    for (uint32_t i = 0; i < 400; i++) {
        struct claim claim;

        person_load(world, i * 7, &person);
        if (person.registered >= world->snapshot)
            continue;
        for (unsigned a = ATTRIBUTE_IMMAT; a <= ATTRIBUTE_LAST_SALARY; a++) {
            struct subject subject = {.person = &person};
            uint16_t month = world_last_month(world->snapshot);

            claim_fill(world, subject, a, month, world->snapshot, &claim);
            if (claim.value[0])
                assert_int_equal(claim_judge(world, subject, a, month, claim.value), CELL_AGREES);
        }
    }
}

static void an_altered_value_was_never_held_and_is_nobodys(void **state)
{
    const struct world *world = *state;
    static struct person person;
    struct dice dice = dice_for(9, DICE_ROW, 0);
    unsigned altered = 0;

    for (uint32_t i = 0; i < 300; i++) {
        struct subject subject = {.person = &person};

        person_load(world, i * 9, &person);
        for (unsigned a = ATTRIBUTE_IMMAT; a <= ATTRIBUTE_LAST_SALARY; a++) {
            uint16_t month = world_last_month(world->snapshot);
            struct claim claim;

            claim_fill(world, subject, a, month, world->snapshot, &claim);
            if (!claim.value[0] || !forge_alter(world, subject, &claim, &dice))
                continue;
            altered++;
            assert_int_equal(claim_judge(world, subject, a, month, claim.value), CELL_CONTRADICTS);
            assert_false(a == ATTRIBUTE_IMMAT
                         && person_immat_is_issued(world, slice_of(claim.value)));
            assert_false(a == ATTRIBUTE_CARD
                         && person_card_is_issued(world, slice_of(claim.value)));
        }
    }
    assert_true(altered > 2500);
}

static void a_fabricated_number_is_right_in_form_and_never_issued(void **state)
{
    const struct world *world = *state;
    struct dice dice = dice_for(10, DICE_ROW, 0);
    struct buf text = {0};

    for (int i = 0; i < 500; i++) {
        buf_empty(&text);
        person_add_unissued_immat(world, &dice, &text);
        assert_int_equal(text.length, 9);
        assert_int_equal(text.data[0], '8');
        assert_false(person_immat_is_issued(world, buf_slice(&text)));
        buf_empty(&text);
        person_add_unissued_card(world, &dice, &text);
        assert_false(person_card_is_issued(world, buf_slice(&text)));
        buf_empty(&text);
        person_add_unissued_phone(world, &dice, &text);
        assert_false(person_phone_is_issued(world, buf_slice(&text)));
    }
    buf_clear(&text);
}

static void issued_numbers_are_recognised(void **state)
{
    const struct world *world = *state;
    static struct person person;
    struct buf text = {0};

    for (uint32_t i = 0; i < 3000; i += 11) {
        person_load_basics(world, i, &person);
        buf_empty(&text);
        person_add_immat(world, i, &text);
        assert_true(person_immat_is_issued(world, buf_slice(&text)));
        buf_empty(&text);
        person_add_card(world, i, 0, &text);
        assert_true(person_card_is_issued(world, buf_slice(&text)));
        buf_empty(&text);
        person_add_phone(world, &person, 0, &text);
        assert_true(person_phone_is_issued(world, buf_slice(&text)));
    }
    buf_clear(&text);
}

static void a_spoilt_cell_is_empty_or_a_proper_prefix(void **state)
{
    const struct world *world = *state;
    static struct person person;
    struct style style = {0};

    person_load(world, 77, &person);
    for (uint64_t n = 0; n < 300; n++) {
        struct dice dice = dice_for(11, DICE_ROW, n);
        struct claim claims[4];
        char before[4][CLAIM_BYTES_MAX];
        const enum attribute what[4] = {ATTRIBUTE_FULL_NAME, ATTRIBUTE_ADDRESS, ATTRIBUTE_CARD,
                                        ATTRIBUTE_PHONE};
        unsigned spoilt = 0;

        for (unsigned i = 0; i < 4; i++) {
            claim_fill(world, (struct subject){.person = &person}, what[i], 0, world->snapshot,
                       &claims[i]);
            claim_show(&claims[i], &style);
            strcpy(before[i], claims[i].shown);
        }
        forge_spoil(claims, 4, &dice);
        for (unsigned i = 0; i < 4; i++) {
            size_t length = strlen(claims[i].shown);

            if (claims[i].verdict == CELL_AGREES)
                continue;
            spoilt++;
            if (claims[i].verdict == CELL_MISSING)
                assert_int_equal(length, 0);
            else
                assert_true(length > 1 && length < strlen(before[i])
                            && memcmp(before[i], claims[i].shown, length) == 0);
        }
        assert_int_equal(spoilt, 1);
    }
}

static void the_verdict_of_a_record_is_the_first_that_applies(void **state)
{
    struct claim claims[3] = {
        {.verdict = CELL_AGREES}, {.verdict = CELL_VARIANT}, {.verdict = CELL_AGREES_LATER}};

    (void)state;
    assert_int_equal(claims_judge(claims, 3), RECORD_AUTHENTIC);
    claims[0].verdict = CELL_AGREES_EARLIER;
    assert_int_equal(claims_judge(claims, 3), RECORD_STALE);
    claims[1].verdict = CELL_MISSING;
    assert_int_equal(claims_judge(claims, 3), RECORD_INCOMPLETE);
    claims[2].verdict = CELL_CONTRADICTS;
    assert_int_equal(claims_judge(claims, 3), RECORD_ALTERED);
    claims[1].verdict = CELL_OTHER_SUBJECT;
    assert_int_equal(claims_judge(claims, 3), RECORD_MISATTRIBUTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_register_holds_at_the_snapshot_agrees),
        cmocka_unit_test(an_altered_value_was_never_held_and_is_nobodys),
        cmocka_unit_test(a_fabricated_number_is_right_in_form_and_never_issued),
        cmocka_unit_test(issued_numbers_are_recognised),
        cmocka_unit_test(a_spoilt_cell_is_empty_or_a_proper_prefix),
        cmocka_unit_test(the_verdict_of_a_record_is_the_first_that_applies),
    };

    return cmocka_run_group_tests(tests, make_world, drop_world);
}
