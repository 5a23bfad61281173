/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "institution/member.h"

#define PERSONS 4000u

static struct institution made(const struct profile *profile)
{
    struct drill_request request = {.folder = "", .persons = PERSONS, .documents = -1, .seed = 5};
    struct institution institution;
    struct tq_error err;

    if (institution_make(profile, &request, &institution, &err) < 0)
        fail_msg("%s", err.message);
    return institution;
}

static void a_member_is_the_same_whenever_it_is_loaded(void **state)
{
    struct institution institution = made(&profile_clinic);
    struct member a = {0}, b = {0};

    (void)state;
    member_load(&institution, 17, &a);
    member_load(&institution, 18, &b);
    member_load(&institution, 17, &b);
    assert_int_equal(a.birth, b.birth);
    assert_int_equal(a.home, b.home);
    assert_memory_equal(a.family, b.family, sizeof(a.family));
    assert_int_equal(a.histories[1].count, b.histories[1].count);
    institution_clear(&institution);
}

static void twins_share_family_and_day_and_have_other_names(void **state)
{
    struct institution institution = made(&profile_association);
    uint32_t pairs = 0;

    (void)state;
    for (uint32_t i = 0; i + 1 < PERSONS; i++) {
        struct member a, b;

        member_load(&institution, i, &a);
        member_load(&institution, i + 1, &b);
        if (!a.twin || b.household != a.household)
            continue;
        pairs++;
        assert_int_equal(a.birth, b.birth);
        assert_int_equal(a.family[0], b.family[0]);
        assert_int_equal(a.home, b.home);
        assert_true(a.female != b.female || a.given[0] != b.given[0]);
    }
    assert_true(pairs > PERSONS / 100);
    institution_clear(&institution);
}

static bool same_name(const struct member *a, const struct member *b)
{
    return a->family[0] == b->family[0] && a->family[1] == b->family[1] && a->female == b->female
           && a->given[0] == b->given[0];
}

/* Outsiders in the house of somebody, and with somebody's whole name. */
static void half_of_the_outsiders_are_like_somebody(void **state)
{
    struct institution institution = made(&profile_university);
    uint32_t kin = 0, homonyms = 0, count = 300;

    (void)state;
    for (uint32_t i = 0; i < count; i++) {
        struct member outsider, member;
        bool homonym = false;

        member_load(&institution, institution_outsider(&institution, 0, i), &outsider);
        kin += outsider.home < PERSONS;
        for (uint32_t k = 0; k < PERSONS && outsider.home >= PERSONS && !homonym; k++) {
            member_load(&institution, k, &member);
            homonym = same_name(&outsider, &member);
        }
        homonyms += homonym;
    }
    assert_in_range(kin, count / 6, count / 3);
    assert_in_range(homonyms, count / 6, count / 3);
    institution_clear(&institution);
}

static void those_of_a_home_move_together(void **state)
{
    struct institution institution = made(&profile_clinic);
    uint32_t pairs = 0;

    (void)state;
    for (uint32_t i = 0; i + 1 < 600; i++) {
        struct buf a = {0}, b = {0};
        struct member one, two;

        member_load(&institution, i, &one);
        member_load(&institution, i + 1, &two);
        if (one.home != two.home)
            continue;
        pairs++;
        for (uint32_t t = 0; t < institution.profile->trait_count; t++) {
            const struct trait *trait = &institution.profile->traits[t];

            if (trait->type != TYPE_ADDRESS)
                continue;
            member_add_value(&institution, &one, trait, institution.span.end - 1, &a);
            member_add_value(&institution, &two, trait, institution.span.end - 1, &b);
        }
        assert_true(a.length > 0 && slice_equal(buf_slice(&a), buf_slice(&b)));
        buf_clear(&a);
        buf_clear(&b);
    }
    assert_true(pairs > 60);
    institution_clear(&institution);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_member_is_the_same_whenever_it_is_loaded),
        cmocka_unit_test(twins_share_family_and_day_and_have_other_names),
        cmocka_unit_test(half_of_the_outsiders_are_like_somebody),
        cmocka_unit_test(those_of_a_home_move_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
