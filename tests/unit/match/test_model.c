/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "match_table.h"
#include "normalise/name.h"
#include "normalise/similarity.h"

/* Records of the common table: citizens without change, then the cases, then strangers. */
#define ROWS 900u

struct fixture {
    struct reg *reg;
    struct match_table table;
    struct match_model *model;
    struct link *links;
    uint32_t first_case;
};

static void set(struct citizen *citizen, enum citizen_cell cell, const char *text)
{
    (void)snprintf(citizen->cells[cell], sizeof(citizen->cells[cell]), "%s", text);
}

enum test_case {
    CASE_TYPO,         /* one digit of the number, one letter of the name */
    CASE_HOMONYM,      /* 10k + 3, whose homonym is 10k + 2; without identifiers */
    CASE_TWIN,         /* 10k + 1, sharing home, family and birth date with 10k */
    CASE_KIN,          /* nobody; with the family, phone and address of a citizen */
    CASE_OTHERS_NAME,  /* identifiers of 24, names and birth date of 324 */
    CASE_OTHERS_ID,    /* all of 38 but the one identifier, which is 338's */
    CASE_OTHERS_PHONE, /* 26, with the phone of 326 */
    CASE_MISSING,      /* 28, half the cells empty */
    CASE_HYBRID,       /* nobody's identity; address, phone and account of 34 */
    CASE_EMPTY,
    CASE_COUNT
};

static struct citizen make_case(enum test_case number)
{
    struct citizen citizen = citizen_of(20 + 2 * (unsigned)number);
    struct citizen other = citizen_of(320 + 2 * (unsigned)number);

    switch (number) {
    case CASE_TYPO:
        citizen.cells[CELL_ID][4] = citizen.cells[CELL_ID][4] == '9' ? '8' : '9';
        citizen.cells[CELL_FAMILY][strlen(citizen.cells[CELL_FAMILY]) - 2] = 'x';
        break;
    case CASE_HOMONYM:
        citizen = citizen_of(23);
        set(&citizen, CELL_ID, "");
        set(&citizen, CELL_NATIONAL_ID, "");
        set(&citizen, CELL_ACCOUNT, "");
        break;
    case CASE_TWIN:
        citizen = citizen_of(31);
        set(&citizen, CELL_NATIONAL_ID, "");
        break;
    case CASE_KIN:
        citizen = stranger_of(1);
        other = citizen_of(40);
        set(&citizen, CELL_FAMILY, other.cells[CELL_FAMILY]);
        set(&citizen, CELL_PHONE, other.cells[CELL_PHONE]);
        set(&citizen, CELL_ADDRESS, other.cells[CELL_ADDRESS]);
        break;
    case CASE_OTHERS_NAME:
        citizen = citizen_of(24);
        other = citizen_of(324);
        set(&citizen, CELL_FAMILY, other.cells[CELL_FAMILY]);
        set(&citizen, CELL_GIVEN, other.cells[CELL_GIVEN]);
        set(&citizen, CELL_BIRTH, other.cells[CELL_BIRTH]);
        break;
    case CASE_OTHERS_ID:
        citizen = citizen_of(38);
        set(&citizen, CELL_ID, citizen_of(338).cells[CELL_ID]);
        set(&citizen, CELL_NATIONAL_ID, "");
        break;
    case CASE_OTHERS_PHONE:
        citizen = citizen_of(26);
        set(&citizen, CELL_PHONE, citizen_of(326).cells[CELL_PHONE]);
        break;
    case CASE_MISSING:
        citizen = citizen_of(28);
        set(&citizen, CELL_NATIONAL_ID, "");
        set(&citizen, CELL_PHONE, "");
        set(&citizen, CELL_ACCOUNT, " - ");
        set(&citizen, CELL_BIRTH, "");
        break;
    case CASE_HYBRID:
        citizen = stranger_of(2);
        other = citizen_of(34);
        set(&citizen, CELL_PHONE, other.cells[CELL_PHONE]);
        set(&citizen, CELL_ADDRESS, other.cells[CELL_ADDRESS]);
        set(&citizen, CELL_ACCOUNT, other.cells[CELL_ACCOUNT]);
        break;
    case CASE_EMPTY:
    case CASE_COUNT:
        citizen = (struct citizen){0};
        break;
    }
    return citizen;
}

/* 500 citizens, every tenth with an altered phone; then the cases; then strangers. */
static void fill_table(struct match_table *table, uint32_t *out_first_case)
{
    for (unsigned i = 0; i < 500; i++) {
        struct citizen citizen = citizen_of(i);

        if (i % 10 == 7)
            set(&citizen, CELL_PHONE, stranger_of(i).cells[CELL_PHONE]);
        match_table_add(table, &citizen);
    }
    *out_first_case = table->records;
    for (unsigned i = 0; i < CASE_COUNT; i++) {
        struct citizen citizen = make_case((enum test_case)i);

        match_table_add(table, &citizen);
    }
    for (unsigned i = 10; i < 60; i++) {
        struct citizen stranger = stranger_of(i);

        match_table_add(table, &stranger);
    }
}

static int setup(void **state)
{
    struct fixture *fixture = alloc_zeroed(1, sizeof(*fixture));

    fixture->reg = citizens_register();
    match_table_init(&fixture->table, fixture->reg, 200, true);
    fill_table(&fixture->table, &fixture->first_case);
    fixture->model = match_table_fit(&fixture->table, 1);
    fixture->links = alloc_zeroed(ROWS, sizeof(*fixture->links));
    match_table_link(&fixture->table, fixture->model, fixture->links);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    free(fixture->links);
    (void)match_model_free(fixture->model);
    match_table_clear(&fixture->table);
    (void)reg_free(fixture->reg);
    free(fixture);
    return 0;
}

static const struct link *case_link(void **state, enum test_case number)
{
    const struct fixture *fixture = *state;

    return &fixture->links[fixture->first_case + number];
}

static void citizens_are_linked_to_themselves(void **state)
{
    const struct fixture *fixture = *state;

    for (unsigned i = 0; i < 500; i++) {
        assert_int_equal(fixture->links[i].subject, i);
        assert_true(fixture->links[i].posterior >= LINK_LIKELY);
        assert_int_equal(fixture->links[i].other, SUBJECT_NONE);
        assert_true(fixture->links[i].recognisable);
    }
}

static void strangers_are_nobody(void **state)
{
    const struct fixture *fixture = *state;

    for (uint32_t i = fixture->first_case + CASE_COUNT; i < fixture->table.records; i++) {
        assert_int_equal(fixture->links[i].subject, SUBJECT_NONE);
        assert_true(fixture->links[i].nobody >= NOBODY_MIN);
        assert_true(fixture->links[i].recognisable);
    }
}

static void a_typing_error_does_not_lose_the_subject(void **state)
{
    assert_int_equal(case_link(state, CASE_TYPO)->subject, 20);
}

static void a_homonym_is_told_apart_by_birth_date_and_phone(void **state)
{
    assert_int_equal(case_link(state, CASE_HOMONYM)->subject, 23);
}

static void a_twin_who_shares_phone_and_address_is_not_his_brother(void **state)
{
    const struct link *link = case_link(state, CASE_TWIN);

    assert_int_equal(link->subject, 31);
    assert_int_equal(link->other, SUBJECT_NONE);
}

static void kin_of_a_citizen_who_is_not_in_the_register_is_nobody(void **state)
{
    const struct link *link = case_link(state, CASE_KIN);

    assert_int_equal(link->subject, SUBJECT_NONE);
    assert_true(link->nobody >= NOBODY_MIN);
}

static void identifiers_outrank_the_names_of_another(void **state)
{
    const struct link *link = case_link(state, CASE_OTHERS_NAME);

    assert_int_equal(link->subject, 24);
    assert_int_equal(link->other, 324);
}

static void one_identifier_outranks_all_that_another_has(void **state)
{
    const struct link *link = case_link(state, CASE_OTHERS_ID);

    assert_int_equal(link->subject, 338);
    assert_int_equal(link->other, 38);
    assert_true(link->posterior >= LINK_LIKELY);
}

static void a_phone_of_another_changes_nothing(void **state)
{
    const struct link *link = case_link(state, CASE_OTHERS_PHONE);

    assert_int_equal(link->subject, 26);
    assert_int_equal(link->other, SUBJECT_NONE);
}

static void missing_cells_count_neither_way(void **state)
{
    assert_int_equal(case_link(state, CASE_MISSING)->subject, 28);
}

static void the_account_and_home_of_a_citizen_do_not_make_a_forged_record_his(void **state)
{
    const struct link *link = case_link(state, CASE_HYBRID);

    assert_int_equal(link->subject, SUBJECT_NONE);
    assert_true(link->nobody >= NOBODY_MIN);
}

static void an_empty_record_is_neither_linked_nor_recognisable(void **state)
{
    const struct link *link = case_link(state, CASE_EMPTY);

    assert_int_equal(link->subject, SUBJECT_NONE);
    assert_false(link->recognisable);
    assert_true(link->nobody < NOBODY_MIN);
}

static void the_summary_tells_the_share_in_the_register(void **state)
{
    const struct fixture *fixture = *state;
    struct match_summary summary;

    match_model_summary(fixture->model, &summary);
    assert_true(summary.share_in_register > .85 && summary.share_in_register < .95);
    assert_true(summary.rounds >= 5 && summary.rounds <= 12);
    assert_true(summary.mean_candidates >= 1);
}

static uint32_t column_of(const struct match_model *model, enum citizen_cell cell)
{
    uint32_t i = 0;

    while (model->columns.items[i].number != (uint32_t)cell)
        i++;
    return i;
}

/* Citizens, and relatives of others whom the register does not have, without identifiers. */
static void fill_with_relatives(struct match_table *table)
{
    for (unsigned i = 0; i < 300; i++) {
        struct citizen citizen = citizen_of(i);

        match_table_add(table, &citizen);
    }
    for (unsigned i = 0; i < 60; i++) {
        struct citizen relative = stranger_of(i), host = citizen_of(300 + i * 5);

        set(&relative, CELL_FAMILY, host.cells[CELL_FAMILY]);
        set(&relative, CELL_ADDRESS, host.cells[CELL_ADDRESS]);
        set(&relative, CELL_PHONE, host.cells[CELL_PHONE]);
        match_table_add(table, &relative);
    }
}

/* Whether a record that shows names and a birth date alone is compared with the citizen. */
static bool is_looked_up(const struct fixture *fixture, const struct citizen *shown,
                         uint32_t subject)
{
    struct citizen citizen = {0};
    struct match_table table;
    struct linker linker;
    struct tq_error err;
    uint32_t count;
    bool found = false;

    set(&citizen, CELL_FAMILY, shown->cells[CELL_FAMILY]);
    set(&citizen, CELL_GIVEN, shown->cells[CELL_GIVEN]);
    set(&citizen, CELL_BIRTH, shown->cells[CELL_BIRTH]);
    match_table_init(&table, fixture->reg, 4096, true);
    match_table_add(&table, &citizen);
    assert_int_equal(linker_init(&linker, fixture->model, &err), 0);
    assert_int_equal(
        linker_read(&linker, fixture->model, &table.batches[0].batch, NULL, &count, &err), 0);
    fixture->model->thorough = true; /* in a table without slips nobody looks for them */
    assert_int_equal(linker_examine(&linker, fixture->model, &table.batches[0].batch, 0, &err), 0);
    fixture->model->thorough = false;
    for (uint32_t i = 0; i < linker.candidates.count; i++)
        found |= linker.candidates.subjects[i] == subject;
    linker_clear(&linker);
    match_table_clear(&table);
    return found;
}

static void names_in_each_others_column_are_looked_up(void **state)
{
    struct citizen citizen = citizen_of(28), shown = citizen;

    set(&shown, CELL_FAMILY, citizen.cells[CELL_GIVEN]);
    set(&shown, CELL_GIVEN, citizen.cells[CELL_FAMILY]);
    set(&shown, CELL_BIRTH, "");
    assert_true(is_looked_up(*state, &shown, 28));
}

static void a_mistyped_date_is_looked_up_though_the_names_are_mistyped_too(void **state)
{
    struct citizen shown = citizen_of(28);

    set(&shown, CELL_FAMILY, "Qxqxqx");
    set(&shown, CELL_GIVEN, "Zvzvzv");
    shown.cells[CELL_BIRTH][3] = '9'; /* no calendar has that month */
    assert_true(is_looked_up(*state, &shown, 28));
    shown.cells[CELL_BIRTH][4] = '9';
    assert_false(is_looked_up(*state, &shown, 28));
}

/* Half of those who share an address in this register are twins; of the table's strangers none. */
static void strangers_teach_what_is_shared_by_chance(void **state)
{
    const struct fixture *fixture = *state;
    struct match_table table;
    struct match_model *model;
    struct link *links = alloc_zeroed(ROWS, sizeof(*links));
    uint32_t address, birth;

    match_table_init(&table, fixture->reg, 200, false);
    fill_with_relatives(&table);
    model = match_table_fit(&table, 1);
    match_table_link(&table, model, links);
    address = column_of(model, CELL_ADDRESS);
    birth = column_of(model, CELL_BIRTH);
    assert_true(weights_ratio(model->weights.given[address * model->columns.count + birth]) < .3);
    for (unsigned i = 0; i < 360; i++)
        assert_int_equal(links[i].subject, i < 300 ? i : SUBJECT_NONE);
    (void)match_model_free(model);
    match_table_clear(&table);
    free(links);
}

/* Of a register that holds no names a record that shows them can be contradicted by little. */
static void an_account_names_him_of_whom_the_register_knows_little(void **state)
{
    struct reg *reg = nameless_register();
    struct match_table table;
    struct match_model *model;
    struct link links[302];

    (void)state;
    match_table_init(&table, reg, 400, false);
    for (unsigned i = 0; i < 302; i++) {
        struct citizen citizen = citizen_of(i);

        if (i >= 300)
            set(&citizen, CELL_BIRTH, "29/02/1904");
        if (i == 301)
            set(&citizen, CELL_ACCOUNT, "");
        if (i == 301)
            set(&citizen, CELL_PHONE, "");
        match_table_add(&table, &citizen);
    }
    model = match_table_fit(&table, 1);
    match_table_link(&table, model, links);
    assert_int_equal(links[300].subject, 300);
    assert_int_equal(links[301].subject, SUBJECT_NONE);
    (void)match_model_free(model);
    match_table_clear(&table);
    (void)reg_free(reg);
}

static void most_records_need_only_their_sparse_values(void **state)
{
    struct fixture *fixture = *state;
    struct linker linker;
    struct tq_error err;
    uint32_t count, shorts = 0;

    assert_int_equal(linker_init(&linker, fixture->model, &err), 0);
    assert_int_equal(
        linker_read(&linker, fixture->model, &fixture->table.batches[0].batch, NULL, &count, &err),
        0);
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(
            linker_examine(&linker, fixture->model, &fixture->table.batches[0].batch, i, &err), 0);
        shorts += linker.stage == 0;
    }
    assert_true(shorts * 10 >= count * 9);
    linker_clear(&linker);
}

static void a_mistyped_cell_is_near_and_not_different(void **state)
{
    struct fixture *fixture = *state;
    uint32_t record = fixture->first_case + CASE_TYPO;
    const struct batch *batch = &fixture->table.batches[record / 200].batch;
    struct linker linker;
    struct tq_error err;
    uint32_t count;

    assert_int_equal(linker_init(&linker, fixture->model, &err), 0);
    assert_int_equal(linker_read(&linker, fixture->model, batch, NULL, &count, &err), 0);
    assert_int_equal(linker_examine(&linker, fixture->model, batch, record % 200, &err), 0);
    assert_int_equal(linker.scored[linker.best].subject, 20);
    assert_int_equal(linker_levels(&linker, linker.best)[CELL_ID], LEVEL_NEAR);
    assert_int_equal(linker_levels(&linker, linker.best)[CELL_NATIONAL_ID], LEVEL_AGREES);
    linker_clear(&linker);
}

/* Levels of a record of its own batch against a subject. */
static void compare(const struct fixture *fixture, const struct citizen *citizen, uint32_t subject,
                    uint8_t levels[CITIZEN_CELLS])
{
    struct match_table table;
    struct linker linker;
    struct tq_error err;
    uint32_t count;

    match_table_init(&table, fixture->reg, 4096, true);
    match_table_add(&table, citizen);
    assert_int_equal(linker_init(&linker, fixture->model, &err), 0);
    assert_int_equal(
        linker_read(&linker, fixture->model, &table.batches[0].batch, NULL, &count, &err), 0);
    assert_int_equal(linker_examine(&linker, fixture->model, &table.batches[0].batch, 0, &err), 0);
    assert_int_equal(linker_compare(&linker, fixture->model, subject, levels, &err), 0);
    linker_clear(&linker);
    match_table_clear(&table);
}

static void exchanged_names_are_told(void **state)
{
    struct citizen citizen = citizen_of(20), exchanged = citizen;
    uint8_t levels[CITIZEN_CELLS];

    set(&exchanged, CELL_FAMILY, citizen.cells[CELL_GIVEN]);
    set(&exchanged, CELL_GIVEN, citizen.cells[CELL_FAMILY]);
    compare(*state, &exchanged, 20, levels);
    assert_int_equal(levels[CELL_FAMILY], LEVEL_EXCHANGED);
    assert_int_equal(levels[CELL_GIVEN], LEVEL_EXCHANGED);
    compare(*state, &exchanged, 24, levels);
    assert_int_equal(levels[CELL_FAMILY], LEVEL_DIFFERS);
}

/* Somebody whose names sound so alike that either is near the other. */
static unsigned find_alike(void)
{
    for (unsigned i = 0; i < CITIZENS; i++) {
        struct citizen citizen = citizen_of(i);
        struct buf family = {0}, given = {0};
        bool found;

        name_key_joined(slice_of(citizen.cells[CELL_FAMILY]), &family);
        name_key_joined(slice_of(citizen.cells[CELL_GIVEN]), &given);
        found = similarity_near(FORM_NAME, buf_slice(&family), buf_slice(&given));
        buf_clear(&family);
        buf_clear(&given);
        if (found)
            return i;
    }
    fail_msg("no citizen has two names that sound alike");
    return 0;
}

static void exchanged_names_that_sound_alike_are_told_too(void **state)
{
    unsigned number = find_alike();
    struct citizen citizen = citizen_of(number), exchanged = citizen;
    uint8_t levels[CITIZEN_CELLS];

    set(&exchanged, CELL_FAMILY, citizen.cells[CELL_GIVEN]);
    set(&exchanged, CELL_GIVEN, citizen.cells[CELL_FAMILY]);
    compare(*state, &exchanged, number, levels);
    assert_int_equal(levels[CELL_FAMILY], LEVEL_EXCHANGED);
    assert_int_equal(levels[CELL_GIVEN], LEVEL_EXCHANGED);
}

static void a_name_may_stand_in_place_of_one_that_is_not_held(void **state)
{
    struct citizen citizen = citizen_of(20);
    struct fixture fixture = {.reg = families_register()};
    uint8_t levels[CITIZEN_CELLS];

    (void)state;
    match_table_init(&fixture.table, fixture.reg, 200, true);
    match_table_add(&fixture.table, &citizen);
    fixture.model = match_table_fit(&fixture.table, 1);
    compare(&fixture, &citizen, 20, levels);
    assert_int_equal(levels[CELL_GIVEN], LEVEL_NONE);
    set(&citizen, CELL_GIVEN, citizen.cells[CELL_FAMILY]);
    compare(&fixture, &citizen, 20, levels);
    assert_int_equal(levels[CELL_GIVEN], LEVEL_EXCHANGED);
    (void)match_model_free(fixture.model);
    match_table_clear(&fixture.table);
    (void)reg_free(fixture.reg);
}

static void a_birth_date_that_no_calendar_has_is_near_the_one_that_was_meant(void **state)
{
    struct citizen citizen = citizen_of(20);
    uint8_t levels[CITIZEN_CELLS];

    citizen.cells[CELL_BIRTH][3] = '9';
    compare(*state, &citizen, 20, levels);
    assert_int_equal(levels[CELL_BIRTH], LEVEL_NEAR);
    citizen.cells[CELL_BIRTH][9]++;
    citizen.cells[CELL_BIRTH][8]++;
    compare(*state, &citizen, 20, levels);
    assert_int_equal(levels[CELL_BIRTH], LEVEL_DIFFERS);
}

/* The dearer keys are only asked for where they could change something. */
static void the_short_path_finds_what_all_keys_find(void **state)
{
    struct fixture *fixture = *state;
    struct link *all = alloc_zeroed(ROWS, sizeof(*all));

    fixture->model->thorough = true;
    match_table_link(&fixture->table, fixture->model, all);
    fixture->model->thorough = false;
    for (uint32_t i = 0; i < fixture->table.records; i++) {
        assert_int_equal(fixture->links[i].subject, all[i].subject);
        assert_int_equal(fixture->links[i].other, all[i].other);
        assert_in_range(fixture->links[i].posterior + 200 - all[i].posterior, 0, 400);
    }
    free(all);
}

static void threads_and_repetition_change_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct link *again = alloc_zeroed(ROWS, sizeof(*again));

    for (unsigned threads = 1; threads <= 4; threads += 3) {
        struct match_model *model = match_table_fit(&fixture->table, threads);

        match_table_link(&fixture->table, model, again);
        assert_memory_equal(again, fixture->links, fixture->table.records * sizeof(*again));
        (void)match_model_free(model);
    }
    free(again);
}

static void the_order_of_batches_changes_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct match_scratch *scratch = match_scratch_new(fixture->model);
    struct link links[200];
    struct tq_error err;

    for (uint32_t i = fixture->table.batch_count; i-- > 0;) {
        uint32_t count = 0;

        struct batch_keys keys = {0};
        struct contender_list contenders = {0};

        /* Nor does it whether keys are kept, made or found, or who is asked for contenders. */
        for (unsigned time = 0; time < 3; time++) {
            assert_int_equal(match_link_batch(fixture->model, scratch,
                                              &fixture->table.batches[i].batch,
                                              time == 0 ? NULL : &keys, links, &count,
                                              time == 0 ? NULL : &contenders, &err),
                             0);
            assert_memory_equal(links, fixture->links + (size_t)i * 200, count * sizeof(*links));
        }
        batch_keys_clear(&keys);
        contender_list_clear(&contenders);
    }
    (void)match_scratch_free(scratch);
}

static void a_table_without_identifiers_is_linked_by_names_and_date(void **state)
{
    struct fixture *fixture = *state;
    struct match_table table;
    struct match_model *model;
    struct link *links = alloc_zeroed(ROWS, sizeof(*links));
    uint32_t first_case;

    match_table_init(&table, fixture->reg, 4096, false);
    fill_table(&table, &first_case);
    model = match_table_fit(&table, 1);
    match_table_link(&table, model, links);
    for (unsigned i = 0; i < 500; i++)
        assert_int_equal(links[i].subject, i);
    for (uint32_t i = first_case + CASE_COUNT; i < table.records; i++)
        assert_int_equal(links[i].subject, SUBJECT_NONE);
    free(links);
    (void)match_model_free(model);
    match_table_clear(&table);
}

/* Family name, phone, address and account: the last three would link by themselves. */
/* Who moves changes phone, home and bank at once: that is one difference and not three. */
static void who_moves_is_still_himself(void **state)
{
    const struct fixture *fixture = *state;
    struct link *links = alloc_zeroed(ROWS, sizeof(*links));
    struct match_table table;
    struct match_model *model;
    unsigned movers = 0, found = 0, wrong = 0;

    match_table_init(&table, fixture->reg, 4096, false);
    table.reading.columns[CELL_BIRTH].interpretation = AS_YEAR;
    for (unsigned i = 0; i < 500; i++) {
        struct citizen citizen = citizen_of(i);
        struct citizen stranger = stranger_of(i + 100);

        (void)snprintf(citizen.cells[CELL_BIRTH], 48, "%.4s", citizen_of(i).cells[CELL_BIRTH] + 6);
        if (i % 6 == 0) {
            set(&citizen, CELL_PHONE, stranger.cells[CELL_PHONE]);
            set(&citizen, CELL_ADDRESS, stranger.cells[CELL_ADDRESS]);
            set(&citizen, CELL_ACCOUNT, stranger.cells[CELL_ACCOUNT]);
        }
        match_table_add(&table, &citizen);
    }
    for (unsigned i = 10; i < 110; i++) {
        struct citizen stranger = stranger_of(i);

        (void)snprintf(stranger.cells[CELL_BIRTH], 48, "%.4s",
                       stranger_of(i).cells[CELL_BIRTH] + 6);
        match_table_add(&table, &stranger);
    }
    model = match_table_fit(&table, 1);
    match_table_link(&table, model, links);
    for (unsigned i = 0; i < 600; i++) {
        movers += i < 500 && i % 6 == 0;
        found += i < 500 && i % 6 == 0 && links[i].subject == i;
        wrong += links[i].subject != SUBJECT_NONE && (i >= 500 || links[i].subject != i);
    }
    assert_true(found * 100 >= movers * 95);
    assert_true(wrong <= 3);
    (void)match_model_free(model);
    match_table_clear(&table);
    free(links);
}

static void a_handful_of_records_is_linked_by_the_start_values(void **state)
{
    struct fixture *fixture = *state;
    struct match_table table;
    struct match_model *model;
    struct link links[4];

    match_table_init(&table, fixture->reg, 4096, true);
    for (unsigned i = 0; i < 3; i++) {
        struct citizen citizen = i < 2 ? citizen_of(50 + i) : stranger_of(5);

        match_table_add(&table, &citizen);
    }
    model = match_table_fit(&table, 1);
    match_table_link(&table, model, links);
    assert_int_equal(links[0].subject, 50);
    assert_int_equal(links[1].subject, 51);
    assert_int_equal(links[2].subject, SUBJECT_NONE);
    (void)match_model_free(model);
    match_table_clear(&table);
}

static void a_table_of_which_nothing_is_read_links_nobody(void **state)
{
    struct fixture *fixture = *state;
    struct match_table table;
    struct match_model *model;
    struct citizen citizen = citizen_of(1);
    struct link link;

    match_table_init(&table, fixture->reg, 4096, true);
    table.reading.kind = KIND_NONE;
    match_table_add(&table, &citizen);
    model = match_table_fit(&table, 1);
    match_table_link(&table, model, &link);
    assert_int_equal(link.subject, SUBJECT_NONE);
    assert_false(link.recognisable);
    (void)match_model_free(model);
    match_table_clear(&table);
}

/* Number and salary by month, one document a citizen: slots first, then lines. */
static void init_documents(struct match_table *table, const struct reg *reg)
{
    static const char *const names[] = {"number", "family_name", "birth_date", NULL, "salary"};
    static const enum interpretation as[] = {AS_ID, AS_NAME, AS_DMY, AS_YM, AS_DOT};
    struct tq_error err;

    *table = (struct match_table){.reg = reg, .rows_per_batch = 4096};
    assert_int_equal(table_init(&table->table, slice_of("d"), slice_of("layout"), 5, &err), 0);
    assert_int_equal(reading_init(&table->reading, 5, &err), 0);
    table->table.shape = SHAPE_DOCUMENTS;
    table->table.slot_count = 3;
    table->reading.kind = 0;
    table->reading.month_column = 3;
    table->reading.month_interpretation = AS_YM;
    table->reading.columns[3].role = ROLE_MONTH;
    for (unsigned c = 0; c < 5; c++) {
        if (!names[c])
            continue;
        table->reading.columns[c].status = READING_FULL;
        table->reading.columns[c].interpretation = as[c];
        table->reading.columns[c].target = toy_target(reg, "person", NULL, names[c]);
    }
    table->reading.columns[4].target.period_mode = PERIOD_ROW;
}

/* What the register holds as the salary of a citizen in a month of 2024. */
static void salary_of(const struct reg *reg, unsigned citizen, unsigned month, char out[24])
{
    const struct field *field = reg_field(reg, toy_field(reg, "person", "salary"));
    struct slice text =
        field_value_text(field, field->fact_value[field->fact_start[citizen] + month - 1]);

    (void)snprintf(out, 24, "%.*s", (int)text.length, text.data);
}

static void lines_of_a_document_speak_together(void **state)
{
    struct fixture *fixture = *state;
    struct match_table table;
    struct match_model *model;
    struct link links[64];

    init_documents(&table, fixture->reg);
    for (unsigned i = 0; i < 60; i++) {
        struct citizen citizen = citizen_of(i * 7);

        /* In document 5 the number is unreadable; in document 6 all salaries are wrong. */
        for (unsigned month = 1; month <= 6; month++) {
            char salary[24], period[16];
            const char *cells[5] = {i == 5 ? "?" : citizen.cells[CELL_ID],
                                    citizen.cells[CELL_FAMILY], citizen.cells[CELL_BIRTH], period,
                                    salary};

            (void)snprintf(period, sizeof(period), "2024-%02u", month);
            salary_of(fixture->reg, i * 7, month, salary);
            if (i == 6)
                (void)snprintf(salary, sizeof(salary), "%u.50", 99000 + month);
            match_table_row(&table, i + 1, cells);
        }
    }
    model = match_table_fit(&table, 2);
    match_table_link(&table, model, links);
    for (unsigned i = 0; i < 60; i++)
        assert_int_equal(links[i].subject, i * 7);
    (void)match_model_free(model);
    match_table_clear(&table);
}

/* Number and birth date alone recognise nobody when one of them is wrong; with a salary they do, of
 * which nobody need hold this very value: those who hold none are whom the list of another has. */
static void a_circumstance_helps_to_recognise(void **state)
{
    struct fixture *fixture = *state;
    struct match_table table;
    struct match_model *model;
    struct link links[64];

    init_documents(&table, fixture->reg);
    table.reading.columns[1].status = READING_NONE;
    for (unsigned i = 0; i < 63; i++) {
        struct citizen citizen = i < 60 ? citizen_of(i * 7) : stranger_of(i);
        char salary[24];
        const char *cells[5] = {citizen.cells[CELL_ID], "", citizen.cells[CELL_BIRTH], "2024-03",
                                i == 62 ? "" : salary};

        salary_of(fixture->reg, i * 7, 3, salary);
        if (i == 61)
            (void)snprintf(salary, sizeof(salary), "99001.50");
        match_table_row(&table, i + 1, cells);
    }
    model = match_table_fit(&table, 1);
    match_table_link(&table, model, links);
    for (unsigned i = 60; i < 63; i++)
        assert_int_equal(links[i].subject, SUBJECT_NONE);
    for (unsigned i = 60; i < 63; i++)
        assert_int_equal(links[i].recognisable, i < 62);
    (void)match_model_free(model);
    match_table_clear(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(citizens_are_linked_to_themselves),
        cmocka_unit_test(strangers_are_nobody),
        cmocka_unit_test(a_typing_error_does_not_lose_the_subject),
        cmocka_unit_test(a_homonym_is_told_apart_by_birth_date_and_phone),
        cmocka_unit_test(a_twin_who_shares_phone_and_address_is_not_his_brother),
        cmocka_unit_test(kin_of_a_citizen_who_is_not_in_the_register_is_nobody),
        cmocka_unit_test(identifiers_outrank_the_names_of_another),
        cmocka_unit_test(one_identifier_outranks_all_that_another_has),
        cmocka_unit_test(a_phone_of_another_changes_nothing),
        cmocka_unit_test(missing_cells_count_neither_way),
        cmocka_unit_test(the_account_and_home_of_a_citizen_do_not_make_a_forged_record_his),
        cmocka_unit_test(who_moves_is_still_himself),
        cmocka_unit_test(an_empty_record_is_neither_linked_nor_recognisable),
        cmocka_unit_test(the_summary_tells_the_share_in_the_register),
        cmocka_unit_test(names_in_each_others_column_are_looked_up),
        cmocka_unit_test(a_mistyped_date_is_looked_up_though_the_names_are_mistyped_too),
        cmocka_unit_test(strangers_teach_what_is_shared_by_chance),
        cmocka_unit_test(an_account_names_him_of_whom_the_register_knows_little),
        cmocka_unit_test(most_records_need_only_their_sparse_values),
        cmocka_unit_test(a_mistyped_cell_is_near_and_not_different),
        cmocka_unit_test(exchanged_names_are_told),
        cmocka_unit_test(exchanged_names_that_sound_alike_are_told_too),
        cmocka_unit_test(a_name_may_stand_in_place_of_one_that_is_not_held),
        cmocka_unit_test(a_birth_date_that_no_calendar_has_is_near_the_one_that_was_meant),
        cmocka_unit_test(the_short_path_finds_what_all_keys_find),
        cmocka_unit_test(threads_and_repetition_change_nothing),
        cmocka_unit_test(the_order_of_batches_changes_nothing),
        cmocka_unit_test(a_table_without_identifiers_is_linked_by_names_and_date),
        cmocka_unit_test(a_handful_of_records_is_linked_by_the_start_values),
        cmocka_unit_test(a_table_of_which_nothing_is_read_links_nobody),
        cmocka_unit_test(lines_of_a_document_speak_together),
        cmocka_unit_test(a_circumstance_helps_to_recognise),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
