/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "register/description_digest.h"
#include "register/field_texts.h"
#include "register/refresh.h"
#include "register/seal.h"
#include "scratch_folder.h"
#include "toy_register.h"

#define HEAD                                          \
    "country MA\n"                                    \
    "kind person\n"                                   \
    "field person number id identity\n"               \
    "field person family_name family-name identity\n" \
    "field person given_name given-name identity\n"   \
    "field person salary amount financial periodic\n" \
    "field person note text social\n"                 \
    "field person phone phone contact\n"

/* 1: renamed in 2022; 2: left; 3: two rows hold one name, one of them ends; 4: only in a table that
 * is read whole; 5: nothing is known of. */
#define OLD                                                             \
    HEAD "subject person 5\n"                                           \
         "1 | number | 0018 | known 2020-01-01..\n"                     \
         "1 | family_name | ALAOUI | known 2020-01-01..\n"              \
         "1 | given_name | Sara | known 2020-01-01..\n"                 \
         "1 | salary | 3000.00 | period 2021-01 | known 2021-02-10..\n" \
         "1 | note | b\n"                                               \
         "2 | family_name | EL FASSI | known 2020-01-01..2020-06-01\n"  \
         "2 | family_name | FASSI | known 2020-06-01..\n"               \
         "2 | salary | 2000.00 | period 2021-01 | known 2021-02-10..\n" \
         "3 | family_name | RAMI | known 2020-01-01..\n"                \
         "3 | phone | 0612345678 | known 2020-01-01..\n"                \
         "4 | note | a\n"

#define NEW                                                             \
    HEAD "subject person 5\n"                                           \
         "1 | number | 0018 | known 2020-01-01..\n"                     \
         "1 | family_name | ALAOUI | known 2020-01-01..2022-03-01\n"    \
         "1 | family_name | AMRANI | known 2022-03-01..\n"              \
         "1 | given_name | Sara | known 2020-01-01..\n"                 \
         "1 | salary | 3000.00 | period 2021-01 | known 2021-02-10..\n" \
         "1 | salary | 3100.00 | period 2021-02 | known 2022-03-10..\n" \
         "1 | note | c\n"                                               \
         "2 | family_name | EL FASSI | known 2020-01-01..2020-06-01\n"  \
         "2 | family_name | FASSI | known 2020-06-01..2022-03-02\n"     \
         "2 | salary | 2000.00 | period 2021-01 | known 2021-02-10..\n" \
         "3 | family_name | RAMI | known 2020-01-01..\n"                \
         "3 | phone | 0612345678 | known 2020-01-01..\n"                \
         "6 | number | 26 | known 2022-03-03..\n"                       \
         "6 | note | b\n"

#define YAML                                                                 \
    "register: {name: t, country: MA}\n"                                     \
    "subjects: [person]\n"                                                   \
    "tables:\n"                                                              \
    "  - name: names\n"                                                      \
    "    subject: person\n"                                                  \
    "    key: k\n"                                                           \
    "    table: names\n"                                                     \
    "    known: [f, t]\n"                                                    \
    "    columns:\n"                                                         \
    "      n: {field: number, type: id, category: identity}\n"               \
    "      a: {field: family_name, type: family-name, category: identity}\n" \
    "      b: {field: given_name, type: given-name, category: identity}\n"   \
    "  - name: salaries\n"                                                   \
    "    subject: person\n"                                                  \
    "    key: k\n"                                                           \
    "    table: salaries\n"                                                  \
    "    period: m\n"                                                        \
    "    known: [f, t]\n"                                                    \
    "    columns:\n"                                                         \
    "      s: {field: salary, type: amount, category: financial}\n"          \
    "  - name: notes\n"                                                      \
    "    subject: person\n"                                                  \
    "    key: k\n"                                                           \
    "    table: notes\n"                                                     \
    "    columns:\n"                                                         \
    "      x: {field: note, type: text, category: social}\n"                 \
    "  - name: phones\n"                                                     \
    "    subject: person\n"                                                  \
    "    key: k\n"                                                           \
    "    table: phones\n"                                                    \
    "    known: [f, t]\n"                                                    \
    "    columns:\n"                                                         \
    "      p: {field: phone, type: phone, category: contact}\n"              \
    "  - name: renamings\n"                                                  \
    "    subject: person\n"                                                  \
    "    key: k\n"                                                           \
    "    table: renamings\n"                                                 \
    "    known: [f, t]\n"                                                    \
    "    columns:\n"                                                         \
    "      a: {field: family_name, type: family-name, category: identity}\n"

enum {
    TABLE_NAMES,
    TABLE_SALARIES,
    TABLE_NOTES,
    TABLE_PHONES,
    TABLE_RENAMINGS
};

struct fixture {
    struct scratch scratch;
    struct description *description;
    struct reg *old;
    uint16_t fields[REGISTER_FIELDS_MAX];
};

/* A row's value as it comes in. */
struct row {
    const char *subject, *field, *value, *from, *to;
};

static const struct row night[] = {
    {"1", "number", "0018", "2020-01-01", NULL},
    {"1", "family_name", "ALAOUI", "2020-01-01", "2022-03-01"},
    {"1", "given_name", "Sara", "2020-01-01", "2022-03-01"},
    {"1", "family_name", "AMRANI", "2022-03-01", NULL},
    {"1", "given_name", "Sara", "2022-03-01", NULL},
    {"2", "family_name", "EL FASSI", "2020-01-01", "2020-06-01"},
    {"2", "family_name", "FASSI", "2020-06-01", "2022-03-02"},
    {"3", "family_name", "RAMI", "2020-01-01", "2022-03-02"},
    {"3", "family_name", "RAMI", "2020-01-01", NULL},
    {"6", "number", "26", "2022-03-03", NULL},
    {"1", "note", "c", NULL, NULL},
    {"6", "note", "b", NULL, NULL},
};
#define NIGHT (sizeof(night) / sizeof(night[0]))

static int setup(void **state)
{
    struct fixture *f = alloc_zeroed(1, sizeof(*f));
    struct reg *reg = toy_register(OLD);
    struct seal_key key;
    struct tq_error err;
    uint64_t bytes;
    const char *path, *key_path;

    scratch_make(&f->scratch);
    path = scratch_path(&f->scratch, "old.tqr");
    key_path = scratch_path(&f->scratch, "key");
    reg->source.told = true;
    reg->source.as_of = toy_moment("2022-01-01");
    assert_int_equal(seal_key_load_or_make(key_path, &key, &err), TQ_OK);
    assert_int_equal(seal_write(reg, &key, path, 1, &bytes, &err), TQ_OK);
    reg = reg_free(reg);
    assert_int_equal(reg_open(path, key_path, &f->old, &err), TQ_OK);
    if (description_parse(slice_of(YAML), "t.yaml", &f->description, &err) < 0)
        fail_msg("%s", err.message);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    (void)reg_free(f->old);
    (void)description_free(f->description);
    scratch_remove(&f->scratch);
    free(f);
    return 0;
}

static int make_assemble(struct fixture *f, struct assemble **out, struct tq_error *err)
{
    struct assemble_head head = {.country_code = slice_of("MA")};
    uint8_t kind;
    int r = assemble_new(&head, out, err);

    if (r == TQ_OK)
        r = assemble_kind(*out, slice_of("person"), &kind, err);
    for (size_t i = 0; i < f->description->field_count && r == TQ_OK; i++) {
        const struct described_field *field = &f->description->fields[i];
        struct field_definition definition = {.name = slice_of(field->name),
                                              .type = field->type,
                                              .category = field->category,
                                              .ref_kind = field->ref_kind,
                                              .periodic = field->periodic};

        r = assemble_field(*out, &definition, &f->fields[i], err);
    }
    return r;
}

static int bring_in(struct assemble *assemble, const struct row *row, uint16_t period,
                    struct tq_error *err)
{
    struct fact fact = {.period = period,
                        .known_from = row->from ? toy_moment(row->from) : MOMENT_MIN,
                        .known_to = row->to ? toy_moment(row->to) : MOMENT_MAX,
                        .valid_from = MOMENT_MIN,
                        .valid_to = MOMENT_MAX};
    bool usable;
    int r = assemble_subject(assemble, 0, slice_of(row->subject), &fact.subject, err);

    return r < 0 ? r
                 : assemble_fact(assemble, assemble_find_field(assemble, 0, slice_of(row->field)),
                                 slice_of(row->value), &fact, &usable, err);
}

/* A refresh of the old register by rows, of which 1 to 3 are touched by name. */
static int refresh(struct fixture *f, const struct row *rows, size_t count, struct reg **out,
                   struct tq_error *err)
{
    static const struct row salary = {"1", "salary", "3100.00", "2022-03-10", NULL};
    struct assemble *assemble = NULL;
    struct refresh *refresh = NULL;
    int r = make_assemble(f, &assemble, err);

    if (r == TQ_OK) {
        struct refresh_request request = {.description = f->description,
                                          .old = f->old,
                                          .assemble = assemble,
                                          .fields = f->fields,
                                          .since = toy_moment("2022-01-01")};

        r = refresh_new(&request, &refresh, err);
    }
    if (r == TQ_OK) {
        refresh_whole(refresh, TABLE_NOTES);
        r = refresh_settle(refresh, err);
    }
    for (int i = 1; i <= 3 && r == TQ_OK; i++)
        refresh_touch(refresh, TABLE_NAMES, slice_make(&"123"[i - 1], 1));
    if (r == TQ_OK) {
        refresh_touch(refresh, TABLE_NAMES, slice_of("new"));
        r = refresh_begin(refresh, err);
    }
    for (size_t i = 0; i < count && r == TQ_OK; i++)
        r = bring_in(assemble, &rows[i], MONTH_NONE, err);
    if (r == TQ_OK)
        r = bring_in(assemble, &salary, month_number(2021, 2), err);
    if (r == TQ_OK)
        refresh_end(refresh);
    if (r == TQ_OK)
        r = assemble_finish(assemble, FINISH_TO_ASK, 1, out, err);
    (void)refresh_free(refresh);
    (void)assemble_free(assemble);
    return r;
}

static int32_t time_at(const int32_t *times, uint32_t i, int32_t open)
{
    return times ? times[i] : open;
}

static void assert_same_fact(const struct field *a, const struct field *b, uint32_t i)
{
    assert_int_equal(a->fact_value[i], b->fact_value[i]);
    assert_int_equal(a->fact_key[i], b->fact_key[i]);
    assert_int_equal(time_at(a->known_from, i, MOMENT_MIN), time_at(b->known_from, i, MOMENT_MIN));
    assert_int_equal(time_at(a->known_to, i, MOMENT_MAX), time_at(b->known_to, i, MOMENT_MAX));
    if (a->fact_period)
        assert_int_equal(a->fact_period[i], b->fact_period[i]);
}

static void assert_same_field(const struct field *a, const struct field *b, uint32_t subjects)
{
    assert_string_equal(a->name, b->name);
    assert_int_equal(a->value_count, b->value_count);
    assert_int_equal(a->key_count, b->key_count);
    for (uint32_t i = 0; i < a->value_count; i++)
        assert_true(slice_equal(field_value_text(a, i), field_value_text(b, i)));
    for (uint32_t i = 0; i < a->key_count; i++)
        assert_true(slice_equal(field_key_text(a, i), field_key_text(b, i)));
    assert_int_equal(a->fact_count, b->fact_count);
    assert_memory_equal(a->fact_start, b->fact_start, (subjects + 1) * sizeof(*a->fact_start));
    for (uint32_t i = 0; i < a->fact_count; i++)
        assert_same_fact(a, b, i);
}

static void assert_same(const struct reg *a, const struct reg *b)
{
    uint32_t count = a->kinds[0].subject_count;

    assert_int_equal(count, b->kinds[0].subject_count);
    for (uint32_t i = 0; i < count; i++)
        assert_true(slice_equal(reg_subject_key(a, 0, i), reg_subject_key(b, 0, i)));
    assert_int_equal(a->field_count, b->field_count);
    for (uint16_t i = 0; i < a->field_count; i++)
        assert_same_field(&a->fields[i], &b->fields[i], count);
}

static void a_refresh_gives_what_a_build_gives(void **state)
{
    struct reg *wanted = toy_register(NEW), *got = NULL;
    struct tq_error err = {0};

    assert_int_equal(refresh(*state, night, NIGHT, &got, &err), TQ_OK);
    assert_same(got, wanted);
    (void)reg_free(got);
    (void)reg_free(wanted);
}

static void a_past_that_changed_is_refused(void **state)
{
    struct row rows[NIGHT];
    struct reg *got = NULL;
    struct tq_error err = {0};

    /* Dated back, held for another time, another value, gone. */
    for (int change = 0; change < 4; change++) {
        memcpy(rows, night, sizeof(rows));
        if (change == 0)
            rows[3].from = "2021-03-01";
        if (change == 1)
            rows[5].to = "2020-05-01";
        if (change == 2)
            rows[6].value = "FASI";
        if (change == 3)
            rows[7].subject = rows[8].subject = "6";
        assert_int_equal(refresh(*state, rows, NIGHT, &got, &err), TQ_E_USAGE);
        assert_non_null(strstr(err.message, "field 'family_name': rows known before 2022-01-01T"));
        assert_null(got);
    }
}

static void tables_of_one_field_share_their_lot(void **state)
{
    struct fixture *f = *state;
    struct refresh_request request = {
        .description = f->description, .old = f->old, .fields = f->fields};
    struct refresh *refresh = NULL;
    struct tq_error err;

    assert_int_equal(refresh_new(&request, &refresh, &err), TQ_OK);
    refresh_whole(refresh, TABLE_RENAMINGS);
    assert_int_equal(refresh_settle(refresh, &err), TQ_OK);
    assert_true(refresh_is_whole(refresh, TABLE_NAMES));
    assert_false(refresh_is_whole(refresh, TABLE_PHONES));
    assert_int_equal(refresh_family(refresh, TABLE_RENAMINGS), TABLE_NAMES);
    assert_int_equal(refresh_family(refresh, TABLE_SALARIES), TABLE_SALARIES);
    (void)refresh_free(refresh);
}

static void memory_may_run_out_at_any_point(void **state)
{
    const struct fixture *f = *state;
    uint8_t seal[SHA256_BYTES];
    struct tq_error err;

    /* The check of the old register runs beside us, and would take some of the failures. */
    assert_int_equal(reg_seal(f->old, seal, &err), TQ_OK);
    for (unsigned nth = 1;; nth++) {
        struct reg *got = NULL;
        int r;

        alloc_fail_nth(nth);
        r = refresh(*state, night, NIGHT, &got, &err);
        alloc_fail_nth(0);
        if (r == TQ_OK) {
            (void)reg_free(got);
            assert_true(nth > 50);
            break;
        }
        assert_int_equal(r, TQ_E_NOMEM);
        assert_null(got);
    }
}

static void values_are_read_without_loading_their_field(void **state)
{
    struct fixture *f = *state;

    for (uint16_t i = 0; i < f->old->field_count; i++) {
        const struct field *field = &f->old->fields[i];
        struct field_texts texts = {0};
        struct tq_error err;

        assert_int_equal(field_texts_read(f->old, i, &texts, &err), TQ_OK);
        assert_null(field->value_text);
        assert_int_equal(reg_load_field(f->old, i, FIELD_DICTIONARY, &err), TQ_OK);
        assert_int_equal(texts.value_count, field->value_count);
        for (uint32_t v = 0; v < field->value_count; v++) {
            assert_true(slice_equal(field_texts_value(&texts, v), field_value_text(field, v)));
            assert_true(slice_equal(field_texts_key(&texts, field_texts_key_of(&texts, v)),
                                    field_key_text(field, field_value_key(field, v))));
        }
        field_texts_clear(&texts);
    }
}

static void digest(const char *yaml, uint8_t out[REG_SOURCE_BYTES])
{
    struct description *description;
    struct tq_error err;

    if (description_parse(slice_of(yaml), "t.yaml", &description, &err) < 0)
        fail_msg("%s", err.message);
    assert_int_equal(description_digest(description, out, &err), TQ_OK);
    (void)description_free(description);
}

#define ONE(relation, column, type, more)                                              \
    "register: {name: t}\nsubjects: [p]\ntables:\n"                                    \
    "  - {name: t, subject: p, key: k, table: " relation ", " more "columns: {" column \
    ": {field: f, type: " type ", category: identity}}}\n"

static void the_digest_tells_meanings_apart(void **state)
{
    static const char *const others[] = {ONE("b", "c", "id", ""),
                                         ONE("a", "d", "id", ""),
                                         ONE("a", "c", "text", ""),
                                         ONE("a", "c", "id", "known: [k, null], "),
                                         ONE("a", "c", "id", "known: [null, k], "),
                                         ONE("a", "c", "id", "dates: mdy, ")};
    uint8_t base[REG_SOURCE_BYTES], same[REG_SOURCE_BYTES];

    (void)state;
    digest(ONE("a", "c", "id", ""), base);
    digest("# a comment\n" ONE("a", "c", "id", ""), same);
    assert_memory_equal(base, same, sizeof(base));
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        digest(others[i], same);
        assert_memory_not_equal(base, same, sizeof(base));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_refresh_gives_what_a_build_gives, setup, teardown),
        cmocka_unit_test_setup_teardown(a_past_that_changed_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(tables_of_one_field_share_their_lot, setup, teardown),
        cmocka_unit_test_setup_teardown(memory_may_run_out_at_any_point, setup, teardown),
        cmocka_unit_test_setup_teardown(values_are_read_without_loading_their_field, setup,
                                        teardown),
        cmocka_unit_test(the_digest_tells_meanings_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
